"""The exporter suite: for each of its tests, an exporter that fails it."""

from __future__ import annotations

import csv
import io
import itertools
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from node_registry.testing import ExporterSuite

from node_registry import DirectorError, ExporterSpec


def names_in(timeline: str) -> list[str]:
    tracks = json.loads(timeline)["tracks"]["children"]
    return [part["name"] for part in tracks[0]["children"] if part["OTIO_SCHEMA"] == "Clip.2"]


def table(names: Sequence[str]) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows([name] for name in names)
    return written.getvalue().encode()


def write(timeline: str, title: str) -> bytes:
    try:
        return table(names_in(timeline))
    except (ValueError, LookupError, TypeError) as error:
        raise DirectorError("export.bad_timeline", "This is no cut of the studio.") from error


def spec_of(write: Callable[[str, str], bytes] = write, **other: Any) -> ExporterSpec:
    fields: dict[str, Any] = {"title": "Names", "extension": "csv", "media_type": "text/csv"}
    return ExporterSpec(name="names", write=write, **{**fields, **other})


class TestNames(ExporterSuite):
    spec = spec_of()

    def clips_in(self, data: bytes) -> Sequence[str]:
        return [row[0] for row in csv.reader(io.StringIO(data.decode()))]


def changed(change: Callable[[list[str]], list[str]]) -> ExporterSpec:
    return spec_of(lambda timeline, title: table(change(names_in(timeline))))


def counting() -> ExporterSpec:
    count = itertools.count()
    return spec_of(lambda timeline, title: table([*names_in(timeline), str(next(count))]))


def slow(timeline: str, title: str) -> bytes:
    time.sleep(0.05)
    return write(timeline, title)


def only_short_titles(timeline: str, title: str) -> bytes:
    if not title.isascii():
        raise UnicodeEncodeError("ascii", title, 0, 1, "not plain")
    return write(timeline, title)


def no_fractions(timeline: str, title: str) -> bytes:
    if not json.loads(timeline)["global_start_time"]["rate"].is_integer():
        raise ZeroDivisionError
    return write(timeline, title)


def refusing_missing(timeline: str, title: str) -> bytes:
    if "MissingReference" in timeline:
        raise DirectorError("export.missing", "A clip has no take, so nothing can be written.")
    return write(timeline, title)


# For each test of the suite, an exporter that fails it. By name, SHOT-100 comes before SHOT-20.
BROKEN: dict[str, tuple[ExporterSpec, str]] = {
    "test_has_a_sound_spec": (spec_of(extension=".csv"), "the extension has no dot"),
    "test_tells_every_clip_in_the_order_of_the_film": (changed(sorted), ""),
    "test_a_clip_that_is_used_twice_is_told_twice": (
        changed(lambda names: list(dict.fromkeys(names))), "",
    ),
    "test_is_pure": (counting(), "different files"),
    "test_a_shot_without_a_take_is_told_or_refused": (spec_of(refusing_missing), "names the clip"),
    "test_a_frame_rate_is_written_or_refused": (spec_of(no_fractions), ""),
    "test_any_text_is_written_or_refused": (spec_of(only_short_titles), ""),
    "test_an_empty_film_is_written_or_refused": (
        changed(lambda names: [names[0], *names[1:]]), "",
    ),
    "test_what_is_no_timeline_is_refused": (spec_of(lambda t, _: b""), "written as a film"),
    "test_a_long_film_is_written_soon": (spec_of(slow), "2,000 clips took"),
}  # fmt: skip
ARGUMENTS = {
    "test_a_frame_rate_is_written_or_refused": {"rate": "24000/1001"},
    "test_any_text_is_written_or_refused": {"text": "Küste"},
    "test_what_is_no_timeline_is_refused": {"text": "no JSON"},
}


def test_each_test_of_the_suite_has_an_exporter_that_fails_it() -> None:
    assert {name for name in dir(ExporterSuite) if name.startswith("test_")} == set(BROKEN)


@pytest.mark.parametrize("name", BROKEN)
def test_finds(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec, message = BROKEN[name]
    broken = type("Broken", (TestNames,), {"spec": spec, "limit": 0.04})()
    arguments: dict[str, Any] = dict(ARGUMENTS.get(name, {}))
    if name == "test_is_pure":
        arguments = {"tmp_path": tmp_path, "monkeypatch": monkeypatch}
    with pytest.raises((AssertionError, UnicodeError, LookupError, ZeroDivisionError)) as failure:
        getattr(broken, name)(**arguments)
    assert message in str(failure.value)


def test_a_refusal_of_another_kind_is_no_refusal() -> None:
    def refuse(timeline: str, title: str) -> bytes:
        raise DirectorError("acme.no", "I do not want to write this.")

    broken = type("Broken", (TestNames,), {"spec": spec_of(refuse)})()
    with pytest.raises(AssertionError, match=r"is no `export\.…`"):
        broken.test_an_empty_film_is_written_or_refused()


def test_a_file_left_behind_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def leave(timeline: str, title: str) -> bytes:
        Path("left.csv").write_bytes(b"x")
        return write(timeline, title)

    broken = type("Broken", (TestNames,), {"spec": spec_of(leave)})()
    with pytest.raises(AssertionError, match="writes no files"):
        broken.test_is_pure(tmp_path, monkeypatch)
