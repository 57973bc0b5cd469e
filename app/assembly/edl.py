"""The cut as a CMX 3600 edit decision list, frame-exact, with long names kept in comments."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

import msgspec
from node_registry.film import scene_name

from node_registry import DirectorError

from .cut import Clip, Cut, Transition
from .reels import Reels
from .timecode import frames_in_day, nominal_rate, timecode_writer

MEDIA_TYPE = "application/x-edl"
BLACK = "BL"
_MAX_TRANSITION_FRAMES = 999
_MAX_RATE = 60
_WIPES = {"right": "W001", "down": "W002", "left": "W101", "up": "W102"}


class Event(msgspec.Struct, kw_only=True):
    """One event: frames `source` on of a reel stand in the film from frame `record` on.

    `clip` is None for black. `effect` is `C`, `D` or a wipe code, over `effect_frames`.
    """

    clip: Clip | None
    source: int
    record: int
    frames: int
    effect: str = "C"
    effect_frames: int = 0
    transition: Transition | None = None


def write_edl(cut: Cut) -> str:
    """The edit list as text. Timecode counts at the film's own nominal rate, up to 60.

    Source timecode is each take's own, which starts at zero. Raises `export.…` when the format
    cannot express the cut.
    """
    _check(cut)
    return _write(cut, events(cut))


def write_edl_parts(cut: Cut, most: int = 999) -> list[str]:
    """The same in lists of at most so many events, as old systems want it. Each begins with a cut,
    and goes on where the one before it ended.

    Raises `export.…` as `write_edl`, and where more than `most` transitions follow each other.
    """
    _check(cut)
    parts: list[list[Event]] = []
    run: list[Event] = []
    # What hangs together by transitions is never parted: a list cannot begin in one.
    for event in [*events(cut), None]:
        if event is not None and event.effect != "C":
            run.append(event)
            continue
        if len(run) > most:
            raise DirectorError(
                "export.no_cut",
                f"More than {most} transitions follow each other without a cut between them.",
                hint="Use a list that is not split, or OpenTimelineIO.",
            )
        if run:
            if parts and len(parts[-1]) + len(run) <= most:
                parts[-1] += run
            else:
                parts.append(run)
        run = [event] if event is not None else []
    return [_write(cut, part) for part in parts]


def _write(cut: Cut, listed: Iterable[Event]) -> str:
    drop = cut.drop_frame
    timecode = timecode_writer(cut.fraction, drop)
    offset = cut.start_frame
    reels = Reels()
    lines = [title_line(cut.title), f"FCM: {'DROP FRAME' if drop else 'NON-DROP FRAME'}"]
    previous: Event | None = None
    scene: str | None = None
    for number, event in enumerate(listed, start=1):
        reel = reels.name(event.clip) if event.clip else BLACK
        record = offset + event.record
        if event.effect != "C":
            # The line above a transition says where the outgoing picture stands at that moment.
            old, frame = BLACK, 0
            if previous is not None and previous.clip:
                old, frame = reels.name(previous.clip), previous.source + previous.frames
            elif previous is not None:
                frame = previous.source + previous.frames
            out, at = timecode(frame), timecode(record)
            lines.append(_line(number, old, "C", "", out, out, at, at))
        lines.append(
            _line(
                number,
                reel,
                event.effect,
                f"{event.effect_frames:03d}" if event.effect != "C" else "",
                timecode(event.source),
                timecode(event.source + event.frames),
                timecode(record),
                timecode(record + event.frames),
            )
        )
        lines.extend(_comments(event, previous))
        if number == 1:
            lines.append(f"* FRAME RATE: {cut.rate}")
        if event.clip and event.clip.scene != scene and event.frames:
            scene = event.clip.scene
            lines.append(f"* LOC: {timecode(record)} GREEN   {_scene_name(event.clip)}")
        previous = event
    return "\n".join(lines) + "\n"


def events(cut: Cut) -> Iterator[Event]:
    """The events of a cut in their order; a fade goes through an event of black."""
    by_place = {transition.after: transition for transition in cut.transitions}
    starts, overlaps = cut.starts, cut.overlaps
    last = len(cut.clips) - 1
    for index, clip in enumerate(cut.clips):
        head, tail = by_place.get(index - 1), by_place.get(index)
        begin, end = starts[index], starts[index] + clip.length - overlaps[index]
        if tail is not None and index == last:
            end -= tail.frames
        source, effect, length = clip.start, "C", 0
        if head is not None:
            effect, length = _effect(head), head.frames
            if index == 0:
                yield Event(clip=None, source=0, record=0, frames=0)
            elif head.kind == "fade":
                out = head.frames // 2
                length -= out
                if out:
                    yield Event(
                        clip=None,
                        source=0,
                        record=begin,
                        frames=out,
                        effect="D",
                        effect_frames=out,
                        transition=head,
                    )
                source, begin = source + out, begin + out
        yield Event(
            clip=clip,
            source=source,
            record=begin,
            frames=end - begin,
            effect=effect,
            effect_frames=length,
            transition=head,
        )
        if tail is not None and index == last:
            yield Event(
                clip=None,
                source=0,
                record=end,
                frames=tail.frames,
                effect="D",
                effect_frames=tail.frames,
                transition=tail,
            )


def title_line(title: str) -> str:
    """The first line, in plain characters, at most 70 long."""
    words = " ".join(ascii_text(title).split())
    return f"TITLE: {words or 'UNTITLED'}"[:70].rstrip()


def ascii_text(text: str) -> str:
    """A text in printable ASCII: accents are taken off, what has no plain form is left out."""
    if text.isascii() and text.isprintable():
        return text
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("–", "-"))
    return re.sub(r"[^ -~]", "", re.sub(r"\s", " ", plain))


def _line(
    number: int, reel: str, effect: str, length: str, source: str, to: str, at: str, until: str
) -> str:
    # Two spaces behind the number, also behind one of four digits: readers tell by them.
    return f"{number:03d}  {reel:<8} V     {effect:<4} {length:<3} {source} {to} {at} {until}"


def _effect(transition: Transition) -> str:
    if transition.kind in ("wipe", "push"):
        return _WIPES[transition.direction]
    return "D"


def _comments(event: Event, previous: Event | None) -> Iterator[str]:
    clip, transition = event.clip, event.transition
    if event.effect == "C":
        if clip is not None:
            yield f"* FROM CLIP NAME:  {ascii_text(clip.name).strip()}"
    else:
        if transition is not None and transition.kind != "dissolve":
            way = transition.direction if transition.kind in ("wipe", "push") else ""
            yield f"* EFFECT NAME: {transition.kind} {way}".rstrip().upper()
        if previous is not None and previous.clip is not None:
            yield f"* FROM CLIP NAME:  {ascii_text(previous.clip.name).strip()}"
        if clip is not None:
            yield f"* TO CLIP NAME:  {ascii_text(clip.name).strip()}"
    if clip is not None:
        yield f"* SOURCE FILE: {ascii_text(clip.name).strip()}.{ascii_text(clip.extension)}"


def _scene_name(clip: Clip) -> str:
    heading = ascii_text(clip.heading).strip()
    # A heading in a script that has no plain form would be a row of spaces: the number is enough.
    lost = len(heading) < len(clip.heading.strip()) / 2
    return f"{scene_name(ascii_text(clip.scene))} {'' if lost else heading}".strip()


def _check(cut: Cut) -> None:
    rate = cut.fraction
    if nominal_rate(rate) > _MAX_RATE:
        raise DirectorError(
            "export.rate",
            f"An EDL cannot count {float(rate):g} frames a second.",
            hint="Use OpenTimelineIO for this film, or a frame rate of at most 60.",
        )
    if cut.start_frame + cut.frames > frames_in_day(rate, cut.drop_frame):
        raise DirectorError(
            "export.too_long",
            "The film runs past 24:00:00:00, where an EDL's timecode begins again.",
            hint="Start the film's timecode earlier in the Assembly node.",
        )
    for transition in cut.transitions:
        if transition.frames > _MAX_TRANSITION_FRAMES:
            label = cut.clips[max(0, transition.after)].label
            raise DirectorError(
                "export.transition_too_long",
                f"The {transition.kind} at {label} has {transition.frames} frames; an EDL can "
                f"write at most {_MAX_TRANSITION_FRAMES}.",
                hint="Shorten the transition, or use OpenTimelineIO for this film.",
            )
