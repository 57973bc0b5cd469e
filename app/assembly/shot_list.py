"""The cut as a list of shots in CSV: where each stands in the film, and which frames it uses."""

from __future__ import annotations

import csv
import io

from .cut import Cut
from .timecode import timecode_writer
from .timeline import read_timeline

COLUMNS = (
    "shot", "scene", "code", "heading", "record_in", "record_out", "frames", "take_in", "take_out",
    "take_frames", "file", "state",
)  # fmt: skip


def write_shot_list_file(timeline: str, title: str) -> bytes:
    """A timeline as CSV in UTF-8 with a mark of its own, by which spreadsheets know it."""
    return b"\xef\xbb\xbf" + write_shot_list(read_timeline(timeline)).encode()


def write_shot_list(cut: Cut) -> str:
    """A line for each clip, in the order of the film. `record_out` and `take_out` are the first
    frame that is no more seen."""
    timecode = timecode_writer(cut.fraction, cut.drop_frame)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for clip, start in zip(cut.clips, cut.starts, strict=True):
        begin = cut.start_frame + start
        file = f"{clip.name}.{clip.extension}" if clip.media else ""
        row = (
            clip.name, clip.scene, clip.code, clip.heading, timecode(begin),
            timecode(begin + clip.length), clip.length, clip.start, clip.end, clip.frames, file,
            "taken" if clip.media else "missing",
        )  # fmt: skip
        writer.writerow([_cell(value) for value in row])
    return text.getvalue()


def _cell(value: object) -> object:
    """A text that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{value}"
    return value
