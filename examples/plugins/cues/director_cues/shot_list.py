"""The shot list: the cut as a table that a spreadsheet opens."""

import csv
import io
import json

from node_registry import DirectorError, ExporterSpec

COLUMNS = ("shot", "scene", "code", "frames", "take")


def write_shot_list(timeline, title):
    """A row for each clip of the film, in its order."""
    del title  # The table has no place for it.
    table = io.StringIO()
    rows = csv.DictWriter(table, COLUMNS)
    rows.writeheader()
    rows.writerows(_rows(timeline))
    # With this mark at its beginning, spreadsheets take the file for UTF-8.
    return table.getvalue().encode("utf-8-sig")


def _rows(timeline):
    """What the studio tells of each clip: it stands in the clip's metadata."""
    try:
        tracks = json.loads(timeline)["tracks"]["children"]
        pictures = next(track for track in tracks if track["kind"] == "Video")
        clips = [part for part in pictures["children"] if "source_range" in part]
        return [_row(clip["metadata"]["movie_director"], clip) for clip in clips]
    except (ValueError, LookupError, TypeError, StopIteration) as error:
        raise DirectorError("export.bad_timeline", "This is no cut of the studio.") from error


def _row(shot, clip):
    frames = int(clip["source_range"]["duration"]["value"])
    facts = (shot["name"], shot["scene"], shot["code"], frames, shot["take"] or "missing")
    return dict(zip(COLUMNS, map(_plain, facts), strict=True))


def _plain(fact):
    """A spreadsheet would run a text that begins like a formula."""
    return f"'{fact}" if isinstance(fact, str) and fact.startswith(("=", "+", "-", "@")) else fact


SHOT_LIST = ExporterSpec(
    name="shot-list",
    title="Shot list (CSV)",
    extension="csv",
    media_type="text/csv",
    write=write_shot_list,
)
