"""Checks a film against its edit list: `python examples/verify_film.py FILM.mp4 FILM.edl [--json]`.

The list is read with OpenTimelineIO's adapter for CMX 3600, the film is decoded, and the number
that the animatic burned into each frame is compared with the frame that the list names there.
Ends with 0 when every frame of every event is where it belongs, and with 1 otherwise.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import opentimelineio as otio
from director_media import edge_code

TIMECODE = r"\d\d:\d\d:\d\d[:;]\d\d"
RECORD = re.compile(rf"(\d+) .* ({TIMECODE}) ({TIMECODE})$")
SCENE = re.compile(rf"\* LOC: ({TIMECODE}) +\w+ +(SCENE_\S*)")
SHOT = re.compile(r"(?:SCENE_\w+?_)?SHOT-(.+)_v\d+(_take\d+)?$")
MOST_FAULTS = 5

Code = tuple[int, int] | None


@dataclass
class Event:
    """Frames `source` on of a shot stand in the film from frame `record` on, `frames` of them.

    In the first `mixed` of them the picture before goes over into this one, by `effect`.
    """

    number: int
    label: str
    name: str
    source: int
    record: int
    frames: int
    effect: str = "C"
    mixed: int = 0
    read: int = 0
    unclear: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def black(self) -> bool:
        """Whether it shows no shot."""
        return not self.label

    @property
    def good(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.faults

    def blame(self, fault: str) -> None:
        """Note what is wrong; the first few are enough to find the cause."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)
        elif len(self.faults) == MOST_FAULTS:
            self.faults.append("and so on")


@dataclass
class Film:
    """What was decoded: the code of each frame, and whatever is wrong with the file itself."""

    rate: Fraction
    codes: list[Code]
    faults: list[str]


def read_film(path: Path) -> Film:
    """The edge code of every frame. A frame that does not follow the one before is a fault."""
    faults: list[str] = []
    codes: list[Code] = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        rate = stream.average_rate or Fraction(0)
        for frame in container.decode(stream):
            plane = frame.planes[0]
            rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
            if frame.pts is None or frame.pts * stream.time_base * rate != len(codes):
                faults.append(f"Frame {len(codes)} is shown at another time than its own.")
            codes.append(edge_code.read(rows[: frame.height, : frame.width]))
        sound = next(iter(container.streams.audio), None)
        if sound is not None and sound.duration and rate:
            # A packet of AAC holds 1024 samples: nearer than that no decoder comes.
            gap = abs(sound.duration * sound.time_base - len(codes) / rate)
            if gap > Fraction(1024, sound.rate):
                faults.append(f"Sound and picture differ in length by {float(gap):.3f} s.")
    return Film(rate, codes, faults[:MOST_FAULTS])


def read_events(text: str, rate: Fraction) -> list[Event]:
    """The events as OpenTimelineIO's adapter reads them, each with the shot that it names.

    Raises ValueError when the adapter puts an event elsewhere than its own timecode says.
    """
    timeline = otio.adapters.read_from_string(text, "cmx_3600", rate=float(rate))
    if len(timeline.tracks) != 1:
        raise ValueError(f"it has {len(timeline.tracks)} tracks, not one of pictures")
    written = dict(_records(text, rate))
    first = min((start for start, _ in written.values()), default=0)
    scenes = [(at - first, scene) for at, scene in _scenes(text, rate)]
    events: list[Event] = []
    position = 0
    effect, mixed = "C", 0
    for part in timeline.tracks[0]:
        if isinstance(part, otio.schema.Transition):
            effect = str(part.metadata["cmx_3600"]["transition"])
            mixed = round(part.out_offset.value)
            continue
        span = part.source_range
        length = round(span.duration.value)
        if isinstance(part, otio.schema.Gap):
            raise ValueError(f"it has a hole of {length} frames at frame {position}")
        number = len(events) + 1
        if written.get(number) != (first + position, first + position + length):
            raise ValueError(f"event {number} was read at frame {position}, not where it stands")
        scene = next((name for at, name in reversed(scenes) if at <= position), "")
        black = isinstance(part.media_reference, otio.schema.GeneratorReference)
        label = "" if black else _label(scene, part.name)
        events.append(
            Event(number, label, part.name, round(span.start_time.value), position, length,
                  effect, mixed)
        )  # fmt: skip
        position += length
        effect, mixed = "C", 0
    return events


def _records(text: str, rate: Fraction) -> Iterator[tuple[int, tuple[int, int]]]:
    """The record side as written; the second line of a transition stands for the whole event."""
    for line in text.splitlines():
        if (found := RECORD.match(line.strip())) is not None:
            yield int(found[1]), (_frame(found[2], rate), _frame(found[3], rate))


def _scenes(text: str, rate: Fraction) -> Iterator[tuple[int, str]]:
    # Read here and not from markers: the adapter passes over those in drop-frame timecode.
    for found in SCENE.finditer(text):
        yield _frame(found[1], rate), found[2]


def _frame(timecode: str, rate: Fraction) -> int:
    return round(otio.opentime.from_timecode(timecode, float(rate)).value)


def _label(scene: str, name: str) -> str:
    """What the slate says: `SCENE_01/SHOT_010`, or the shot alone where there is no scene."""
    found = SHOT.match(name)
    shot = f"SHOT_{found[1]}" if found else name
    return shot if scene in ("", "SCENE_") else f"{scene}/{shot}"


def judge(events: list[Event], film: Film) -> list[str]:
    """Compare frame by frame; faults are noted in the events, those of the film come back."""
    faults = list(film.faults)
    length = sum(event.frames for event in events)
    if length != len(film.codes):
        faults.append(f"The film has {len(film.codes)} frames, its edit list {length}.")
    names = {edge_code.crc(event.label): event.label for event in events if event.label}
    before: Event | None = None
    for event in events:
        codes = film.codes[event.record : event.record + event.frames]
        if len(codes) < event.frames:
            event.blame(f"{event.frames - len(codes)} of its frames are beyond the film's end.")
        for offset, code in enumerate(codes):
            _judge_frame(event, before, offset, code, names)
        clear = event.frames - event.mixed
        if not event.black and clear > 0 and event.read == 0:
            event.blame("Not one of its frames carries an edge code that can be read.")
        before = event
    return faults


def _judge_frame(
    event: Event, before: Event | None, offset: int, code: Code, names: dict[int, str]
) -> None:
    """One frame: the event's own, or in a transition that of either side, or unclear."""
    own = _expected(event, offset)
    inside = offset < event.mixed
    if inside and event.effect.startswith("W"):
        # A wipe or push moves over the code: what lies there for a moment belongs to nobody.
        event.unclear += 1
        return
    old = _expected(before, before.frames + offset) if inside and before is not None else None
    allowed = {own} if not inside else {own, old, None}
    if inside and event.effect == "D" and own and old and event.mixed > 1:
        # Of two shots in a dissolve, the first frame is mostly the old one and the last the new.
        if offset == 0:
            allowed = {old}
        elif offset == event.mixed - 1:
            allowed = {own}
    if code not in allowed:
        where = f"film frame {event.record + offset}"
        wanted = " or ".join(sorted(_sentence(one, names) for one in allowed))
        event.blame(f"{where} shows {_sentence(code, names)}, not {wanted}")
    elif code is None:
        event.unclear += 1
    else:
        event.read += 1


def _expected(event: Event | None, offset: int) -> Code:
    if event is None or event.black:
        return None
    return event.source + offset, edge_code.crc(event.label)


def _sentence(code: Code, names: dict[int, str]) -> str:
    if code is None:
        return "no code"
    return f"{names.get(code[1], f'an unknown shot ({code[1]:02x})')} frame {code[0]}"


def verify(film_path: Path, edl_path: Path) -> dict[str, object]:
    """The verdict: `ok`, the faults of the film as a whole, and each event with its own."""
    film = read_film(film_path)
    try:
        events = read_events(edl_path.read_text("ascii"), film.rate)
    except (ValueError, otio.exceptions.OTIOError) as error:
        events = []
        faults = [*film.faults, f"{edl_path.name} cannot be taken as an edit list: {error}."]
    else:
        faults = judge(events, film)
        if not events:
            faults.append(f"{edl_path.name} holds no event.")
    return {
        "film": film_path.name,
        "edl": edl_path.name,
        "ok": not faults and all(event.good for event in events),
        "frames": len(film.codes),
        "rate": str(film.rate),
        "read": sum(event.read for event in events),
        "unclear": sum(event.unclear for event in events),
        "faults": faults,
        "events": [asdict(event) for event in events],
    }


def describe(found: dict[str, object]) -> Iterator[str]:
    """The verdict in lines for people: one for each event, then one for the film."""
    for event in found["events"]:  # type: ignore[attr-defined]
        verdict = "wrong" if event["faults"] else "ok"
        mixed = f", {event['unclear']} in a transition" if event["unclear"] else ""
        yield (
            f"{event['number']:03d}  {verdict:<6} {event['label'] or 'black':<20} "
            f"{event['record']:>6} +{event['frames']:<5} {event['read']} read{mixed}"
        )
        yield from (f"     {fault}" for fault in event["faults"])
    yield from (str(fault) for fault in found["faults"])  # type: ignore[attr-defined]
    verdict = "every frame is where it belongs" if found["ok"] else "THE FILM IS NOT ITS EDIT LIST"
    yield (
        f"{found['film']}: {found['frames']} frames at {found['rate']}, {found['read']} codes "
        f"read, {found['unclear']} frames in transitions unclear: {verdict}."
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("film", type=Path)
    arguments.add_argument("edl", type=Path)
    arguments.add_argument("--json", action="store_true", help="print the verdict as JSON")
    options = arguments.parse_args()
    for path in (options.film, options.edl):
        if not path.is_file():
            raise SystemExit(f"There is no file {path}.")
    try:
        found = verify(options.film, options.edl)
    except (av.error.FFmpegError, IndexError) as error:
        raise SystemExit(f"{options.film} is no film that can be decoded: {error}.") from error
    lines = [json.dumps(found, indent=2)] if options.json else describe(found)
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.exit(0 if found["ok"] else 1)


if __name__ == "__main__":
    main()
