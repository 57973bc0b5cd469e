"""The cut: which frames of which take follow each other in the film, and how they are joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal

import msgspec
from node_registry.film import parse_rate, relink_name, slate_name

from node_registry import DirectorError

from .overlaps import fit_overlaps
from .timecode import can_drop, from_timecode

TransitionKind = Literal["cut", "fade", "dissolve", "wipe", "push"]
Direction = Literal["left", "right", "up", "down"]


class OrderedShot(msgspec.Struct, frozen=True, kw_only=True, tag="shot"):
    """A shot as it stands in the film's order. `frames` is its planned length.

    When `fixed` (a person wrote the number of frames), a longer take is trimmed to it; otherwise
    the film uses the whole take. An editor's trim goes before both: `cut_in` is the first frame of
    the take that the film uses, `cut_out` the one after the last. `notes` are for whoever reads the
    cut.
    """

    node: str
    scene: str
    code: str
    frames: int
    fixed: bool = False
    version: int = 1
    heading: str = ""
    cut_in: int | None = None
    cut_out: int | None = None
    notes: tuple[str, ...] = ()


class OrderedTransition(msgspec.Struct, frozen=True, kw_only=True, tag="transition"):
    """A transition as it stands in the film's order, between two shots or at an end."""

    node: str
    kind: TransitionKind = "dissolve"
    frames: int = 12
    direction: Direction = "left"


CutElement = OrderedShot | OrderedTransition


class SourceTake(msgspec.Struct, frozen=True, kw_only=True):
    """The active take of a shot: `frames` at the film's rate, `media` its SHA-256, `recipe` the
    digest of what it was made from and by, where it is known."""

    id: str
    media: str
    frames: int
    name: str
    extension: str = "mp4"
    sound: bool = False
    recipe: str | None = None


class Clip(msgspec.Struct, frozen=True, kw_only=True):
    """Frames `start` up to, not including, `end` of a take (or of a shot that has none yet).

    `recipe` tells takes apart by what they were made from, where it is known.
    """

    shot: str
    scene: str
    code: str
    name: str
    frames: int
    start: int
    end: int
    take: str | None = None
    media: str | None = None
    extension: str = "mp4"
    sound: bool = False
    recipe: str | None = None
    heading: str = ""
    notes: tuple[str, ...] = ()

    @property
    def length(self) -> int:
        """Frames of it that the film uses, overlaps included."""
        return self.end - self.start

    @property
    def label(self) -> str:
        """What people call it: `SCENE_01/SHOT_010`."""
        return slate_name(self.scene, self.code) or "SHOT"


class Transition(msgspec.Struct, frozen=True, kw_only=True):
    """How the clip with index `after` goes over into the next one, in `frames` that both share.

    `after` is -1 for a fade in at the film's beginning, and the last clip's index for a fade out
    at its end: those two share nothing and cost no frames.
    """

    after: int
    kind: TransitionKind
    frames: int
    direction: Direction = "left"
    node: str | None = None


class SoundMark(msgspec.Struct, frozen=True):
    """A moment of a sound that belongs to a moment of the picture, in frames from its beginning."""

    frame: int
    label: str = ""


class Sound(msgspec.Struct, frozen=True, kw_only=True):
    """A track of sound laid under the film from the frame `start` on; `gain` in decibels.

    `frames` is how long its file is, `marks` are its sync marks.
    """

    name: str
    media: str
    start: int = 0
    frames: int | None = None
    gain: float = 0.0
    fade_in: float = 0.0
    fade_out: float = 0.0
    extension: str = "wav"
    marks: tuple[SoundMark, ...] = ()

    def frames_in(self, cut: Cut) -> int:
        """How many frames of the film it is heard in."""
        left = max(0, cut.frames - self.start)
        return left if self.frames is None else min(left, self.frames)


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """A film as an editor sees it. `notes` are sentences on what could not be done as asked."""

    title: str
    rate: str
    clips: tuple[Clip, ...]
    transitions: tuple[Transition, ...] = ()
    sounds: tuple[Sound, ...] = ()
    start_timecode: str = "01:00:00:00"
    drop_frame: bool = False
    notes: tuple[str, ...] = ()

    @property
    def fraction(self) -> Fraction:
        """Frames a second, exactly."""
        return parse_rate(self.rate)

    @property
    def start_frame(self) -> int:
        """The number of the film's first frame on the record side."""
        # People write the colon by habit; whether numbers are dropped is the film's setting.
        hours, mark, frames = self.start_timecode.replace(";", ":").rpartition(":")
        return from_timecode(hours + (";" if self.drop_frame else mark) + frames, self.fraction)

    @property
    def overlaps(self) -> list[int]:
        """Frames that each clip shares with the next one; 0 after the last."""
        shared = [0] * len(self.clips)
        for transition in self.transitions:
            if 0 <= transition.after < len(self.clips) - 1:
                shared[transition.after] = transition.frames
        return shared

    @property
    def starts(self) -> list[int]:
        """The film's frame at which each clip is first seen, from 0."""
        starts: list[int] = []
        position = 0
        for clip, shared in zip(self.clips, self.overlaps, strict=True):
            starts.append(position)
            position += clip.length - shared
        return starts

    @property
    def frames(self) -> int:
        """The film's length: the sum of its clips less their overlaps."""
        return sum(clip.length for clip in self.clips) - sum(self.overlaps)


def build_cut(
    order: Sequence[CutElement],
    takes: Mapping[str, SourceTake],
    rate: str,
    *,
    title: str = "",
    start_timecode: str = "01:00:00:00",
    drop_frame: bool = False,
    sounds: Sequence[Sound] = (),
) -> Cut:
    """The cut that an order of shots and transitions makes, with each shot's active take.

    `takes` is by shot node id; a shot without one keeps its place at its planned length. A
    transition that is longer than its shots allow is shortened, and `Cut.notes` says so.
    """
    fraction = parse_rate(rate)
    if drop_frame and not can_drop(fraction):
        raise DirectorError(
            "cut.no_drop",
            f"The film runs at {rate} frames a second, where drop-frame timecode does not exist.",
            hint="Switch drop-frame off in the Assembly node.",
        )
    clips: list[Clip] = []
    requested: dict[int, OrderedTransition] = {}
    notes: list[str] = []
    for entry in order:
        if isinstance(entry, OrderedShot):
            clips.append(_clip(entry, takes.get(entry.node), notes))
        elif entry.kind == "cut" or entry.frames <= 0:
            requested.pop(len(clips) - 1, None)
        else:
            if len(clips) - 1 in requested:
                notes.append(
                    "Two transitions follow each other with no shot between; the last one counts."
                )
            requested[len(clips) - 1] = entry
    if not clips:
        raise DirectorError(
            "cut.empty",
            "The film has no shots.",
            hint="Connect the scenes to the Assembly node's sequence input.",
        )
    clips = _with_own_names(clips)
    transitions = _transitions(clips, requested, notes)
    cut = Cut(
        title=title,
        rate=rate,
        clips=tuple(clips),
        transitions=tuple(transitions),
        sounds=tuple(sounds),
        start_timecode=start_timecode,
        drop_frame=drop_frame,
        notes=tuple(notes),
    )
    _ = cut.start_frame  # A start that is no timecode is said here, not in an exporter.
    return cut


def _clip(shot: OrderedShot, take: SourceTake | None, notes: list[str]) -> Clip:
    available = take.frames if take else shot.frames
    slate = slate_name(shot.scene, shot.code) or "SHOT"
    start, end = _used(shot, available)
    if end - start < 1:
        raise DirectorError(
            "cut.empty_shot",
            f"{slate} has no frames.",
            hint="Give the shot a duration, or generate it again.",
            fields={"node": shot.node},
        )
    if shot.cut_out is not None and shot.cut_out > available:
        notes.append(
            f"{slate} is trimmed to frame {shot.cut_out}, but its take has only {available}."
        )
    elif take and shot.cut_out is None and shot.fixed and available - start < shot.frames:
        notes.append(f"{slate} is {shot.frames} frames long, but its take has only {take.frames}.")
    return Clip(
        shot=shot.node,
        scene=shot.scene,
        code=shot.code,
        name=relink_name(
            shot.scene, take.name if take else f"SHOT-{shot.code}_v{shot.version:02d}"
        ),
        frames=available,
        start=start,
        end=end,
        take=take.id if take else None,
        media=take.media if take else None,
        extension=take.extension if take else "mp4",
        sound=take.sound if take else False,
        recipe=take.recipe if take else None,
        heading=shot.heading,
        notes=shot.notes,
    )


def _used(shot: OrderedShot, available: int) -> tuple[int, int]:
    """The frames of a take that the film uses. A trim that the take is too short for leaves at
    least its last frame."""
    start = min(max(shot.cut_in or 0, 0), max(available - 1, 0))
    if shot.cut_out is not None:
        return start, max(min(shot.cut_out, available), min(start + 1, available))
    return start, min(available, start + shot.frames) if shot.fixed else available


def _with_own_names(clips: list[Clip]) -> list[Clip]:
    """The clips, where two takes would have one name each with a name of its own."""
    owners: dict[str, set[str]] = {}
    for clip in clips:
        owners.setdefault(clip.name, set()).add(clip.media or clip.shot)
    if all(len(one) == 1 for one in owners.values()):
        return clips
    return [
        clip
        if len(owners[clip.name]) == 1
        else msgspec.structs.replace(clip, name=f"{clip.name}_{(clip.media or clip.shot)[-6:]}")
        for clip in clips
    ]


def _transitions(
    clips: Sequence[Clip], requested: Mapping[int, OrderedTransition], notes: list[str]
) -> list[Transition]:
    """The transitions that fit: those at an end become fades, those too long are shortened."""
    ends = {-1, len(clips) - 1}
    lengths: dict[int, int] = {}
    for after, transition in requested.items():
        if after in ends and transition.kind in ("wipe", "push"):
            notes.append(
                f"A {transition.kind} needs a shot on both sides; the one at the end is a cut."
            )
            continue
        lengths[after] = transition.frames
    fitted = fit_overlaps([clip.length for clip in clips], lengths)
    transitions: list[Transition] = []
    for after in sorted(lengths):
        transition, frames = requested[after], fitted[after]
        if frames < transition.frames:
            notes.append(_shortening_note(clips, after, transition, frames))
        if frames:
            kind = "fade" if after in ends else transition.kind
            transitions.append(
                Transition(
                    after=after,
                    kind=kind,
                    frames=frames,
                    direction=transition.direction,
                    node=transition.node,
                )
            )
    return transitions


def _shortening_note(
    clips: Sequence[Clip], after: int, transition: OrderedTransition, frames: int
) -> str:
    sides = [clips[i].label for i in (after, after + 1) if 0 <= i < len(clips)]
    where = f"between {sides[0]} and {sides[1]}" if len(sides) == 2 else f"at {sides[0]}"
    became = (
        f"was shortened from {transition.frames} to {frames} frames" if frames else "became a cut"
    )
    return f"The {transition.kind} {where} {became}, since a shot there is too short for it."
