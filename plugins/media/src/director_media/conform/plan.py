"""The conform plan: which frames of a film are copied and which few must be made anew; pure."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

import msgspec
from node_registry.film import parse_rate

from node_registry import BackendError, DirectorError

from ..house import GOP

Kind = Literal["cut", "fade", "dissolve", "wipe", "push"]
Direction = Literal["left", "right", "up", "down"]

_DAY = 24 * 3600


class ListedClip(msgspec.Struct, frozen=True, rename={"start": "in", "end": "out"}):
    """A clip of the conform list: frames `in` up to, not including, `out` of a media file."""

    media: str
    start: int
    end: int
    name: str = ""
    sound: bool = False

    @property
    def length(self) -> int:
        """Frames that the film uses of it, overlaps included."""
        return self.end - self.start


class ListedTransition(msgspec.Struct, frozen=True):
    """A transition: after which clip (-1: at the film's beginning), how, over how many frames."""

    after: int
    kind: Kind
    frames: int
    direction: Direction = "left"


class ListedSound(msgspec.Struct, frozen=True):
    """A track laid under the film: frames of the film, `gain` in dB, fades in seconds."""

    media: str
    start: int = 0
    frames: int | None = None
    gain: float = 0.0
    fade_in: float = 0.0
    fade_out: float = 0.0


class ConformList(msgspec.Struct, frozen=True):
    """What to conform: format, clips in their order, transitions, sounds, loudness in LUFS."""

    rate: str
    width: int
    height: int
    clips: tuple[ListedClip, ...]
    transitions: tuple[ListedTransition, ...] = ()
    sounds: tuple[ListedSound, ...] = ()
    frames: int | None = None
    loudness: float = -23.0

    @property
    def fraction(self) -> Fraction:
        """Frames a second, exactly."""
        return parse_rate(self.rate)

    @property
    def overlaps(self) -> list[int]:
        """Frames that each clip shares with the next one."""
        shared = [0] * len(self.clips)
        for transition in self.transitions:
            if 0 <= transition.after < len(self.clips) - 1:
                shared[transition.after] = transition.frames
        return shared

    @property
    def length(self) -> int:
        """The film's frames: the sum of its clips less their overlaps."""
        return sum(clip.length for clip in self.clips) - sum(self.overlaps)

    @property
    def starts(self) -> list[int]:
        """The film's frame at which each clip begins."""
        starts: list[int] = []
        position = 0
        for clip, shared in zip(self.clips, self.overlaps, strict=True):
            starts.append(position)
            position += clip.length - shared
        return starts


class Copied(msgspec.Struct, frozen=True):
    """Frames `start` (a GOP's first) up to `end` of a clip's file, copied packet by packet."""

    clip: int
    start: int
    end: int

    @property
    def length(self) -> int:
        """Frames of the film."""
        return self.end - self.start


class Part(msgspec.Struct, frozen=True):
    """Frames to make anew: `old` from file frame `old_start` on, `new` from `new_start` on.

    Without a transition only `new` is there. Steps `first` up to `first + length` of the
    transition are made; at the film's ends one of the two sides is None.
    """

    length: int
    new: int | None = None
    new_start: int = 0
    old: int | None = None
    old_start: int = 0
    transition: ListedTransition | None = None


class Made(msgspec.Struct, frozen=True):
    """A run of frames that is encoded anew, as one clip that begins with a GOP of its own."""

    parts: tuple[Part, ...]

    @property
    def length(self) -> int:
        """Frames of the film."""
        return sum(part.length for part in self.parts)


Segment = Copied | Made


def read_conform_list(params: object) -> ConformList:
    """The conform list in a request's params, checked. Raises `assembly.bad_list`."""
    try:
        wanted = msgspec.convert(params, ConformList)
        rate = wanted.fraction
    except (msgspec.ValidationError, DirectorError) as error:
        raise _bad(f"{error}") from error
    if not wanted.clips:
        raise _bad("it has no clips")
    for clip in wanted.clips:
        if not 0 <= clip.start < clip.end:
            raise _bad(f"{clip.name or 'a clip'} goes from frame {clip.start} to {clip.end}")
    _check_transitions(wanted)
    for sound in wanted.sounds:
        fits = sound.start >= 0 and 0 <= sound.fade_in <= _DAY and 0 <= sound.fade_out <= _DAY
        if not fits or not -100 <= sound.gain <= 60 or (sound.frames or 0) < 0:
            raise _bad("a sound's start, fades or gain are out of range")
    if not -70 <= wanted.loudness <= 0:
        raise _bad(f"a loudness of {wanted.loudness:g} LUFS does not exist")
    if wanted.frames is not None and wanted.frames != wanted.length:
        raise _bad(f"its clips make {wanted.length} frames, but the film has {wanted.frames}")
    if wanted.length / rate > _DAY:
        raise _bad("the film is longer than a day")
    return wanted


def _check_transitions(wanted: ConformList) -> None:
    used: dict[int, int] = {}
    for transition in wanted.transitions:
        after = transition.after
        if not -1 <= after < len(wanted.clips) or transition.frames < 0 or after in used:
            raise _bad(f"the transition after clip {after} has no place")
        if after in (-1, len(wanted.clips) - 1) and transition.kind != "fade":
            raise _bad("only a fade can stand at the film's beginning or end")
        used[after] = transition.frames
    for index, clip in enumerate(wanted.clips):
        if used.get(index - 1, 0) + used.get(index, 0) > clip.length:
            raise _bad(f"the transitions of clip {index} are longer than its {clip.length} frames")


def segments(wanted: ConformList) -> list[Segment]:
    """The film from its first frame to its last, in runs that are copied or made.

    A closed GOP can be cut off after any frame but entered only at its first. So an outgoing clip
    is copied up to the very frame where a transition begins; of an incoming one the frames up to
    its next GOP are made.
    """
    found: list[Segment] = []
    pending: list[Part] = []
    for piece in _pieces(wanted):
        if isinstance(piece, Part):
            pending.append(piece)
            continue
        if pending:
            found.append(Made(tuple(pending)))
            pending = []
        found.append(piece)
    if pending:
        found.append(Made(tuple(pending)))
    return found


def _pieces(wanted: ConformList) -> Iterator[Copied | Part]:
    joined = {t.after: t for t in wanted.transitions if t.kind != "cut" and t.frames > 0}
    hard = {t.after: t.frames for t in wanted.transitions if t.kind == "cut"}
    last = len(wanted.clips) - 1
    for index, clip in enumerate(wanted.clips):
        head, tail = joined.get(index - 1), joined.get(index)
        start = clip.start + (head.frames if head else 0)
        end = clip.end - (tail.frames if tail else hard.get(index, 0))
        if head and index == 0:
            yield Part(length=head.frames, new=0, new_start=clip.start, transition=head)
        entry = min(end, -(-start // GOP) * GOP)
        if entry > start:
            yield Part(length=entry - start, new=index, new_start=start)
        if end > entry:
            yield Copied(index, entry, end)
        if tail and index == last:
            yield Part(length=tail.frames, old=index, old_start=end, transition=tail)
        elif tail:
            yield Part(
                length=tail.frames,
                new=index + 1,
                new_start=wanted.clips[index + 1].start,
                old=index,
                old_start=end,
                transition=tail,
            )


def _bad(why: str) -> BackendError:
    return BackendError(
        "assembly.bad_list",
        f"The list of clips cannot be conformed: {why}.",
        hint="Run the Assembly node again; it writes the list from the graph.",
    )
