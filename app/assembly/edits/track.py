"""Collects the clips and transitions of a track, whose readers see only what is visible of each."""

from __future__ import annotations

from urllib.parse import unquote

import msgspec

from node_registry import DirectorError

from ..cut import Direction, Transition, TransitionKind
from .model import EditedClip, EditedCut

MAX_CLIPS = 50_000
MAX_FRAMES = 100_000_000
_MAX_NOTES = 50
_MAX_NAME = 300


def bad_edit(why: str) -> DirectorError:
    """The error for a file that is no cut, or not one that can be read."""
    return DirectorError(
        "edit.unreadable",
        f"This cut cannot be read: {why}.",
        hint="Export it once more as OpenTimelineIO, EDL, FCPXML, Final Cut 7 XML or MLT XML.",
    )


def names_of(*written: str | None) -> tuple[str, ...]:
    """The names by which a clip may be known, from addresses, paths and clip names: the last part
    of each, with and without its ending. Nothing is ever opened by them."""
    found: dict[str, None] = {}
    for text in written:
        last = unquote(text or "").replace("\\", "/").rstrip("/").rpartition("/")[2].strip()
        last = "".join(letter for letter in last if letter.isprintable())[:_MAX_NAME]
        stem, dot, ending = last.rpartition(".")
        if dot and stem and len(ending) <= 5:
            found[stem] = None
        if last:
            found[last] = None
    return tuple(found)


def kind_of(words: str) -> TransitionKind:
    """The kind of a transition by what a program calls it; a dissolve where it says nothing."""
    words = words.casefold()
    if "fade" in words or "dip" in words:
        return "fade"
    if "push" in words or "slide" in words:
        return "push"
    return "wipe" if "wipe" in words else "dissolve"


class _Join(msgspec.Struct):
    after: int
    kind: TransitionKind
    frames: int
    direction: Direction
    # How many of its frames lie beyond what is visible of the clip before it, and of that behind.
    of_last: int
    of_next: int


class Track:
    """One track of pictures, written in order. Raises `edit.unreadable` when it is endless."""

    def __init__(self, form: str) -> None:
        self._format = form
        self._clips: list[EditedClip] = []
        self._joins: list[_Join] = []
        self._notes: dict[str, None] = {}
        self._gap = 0

    @property
    def length(self) -> int:
        """How many clips there are so far."""
        return len(self._clips)

    def note(self, sentence: str) -> None:
        """Remember what was not read."""
        if len(self._notes) < _MAX_NOTES:
            self._notes[sentence] = None

    def clip(self, clip: EditedClip) -> None:
        """Add a clip, `start` and `end` as they are visible."""
        if not 0 <= clip.start <= clip.end <= MAX_FRAMES:
            named = clip.names[0] if clip.names else "a clip"
            raise bad_edit(f"{named} goes from frame {clip.start} to {clip.end}")
        if len(self._clips) >= MAX_CLIPS:
            raise bad_edit(f"it has more than {MAX_CLIPS:,} clips")
        self._clips.append(clip)

    def gap(self, frames: int) -> None:
        """Add empty frames, which a film does not have."""
        if frames > 0:
            self._gap += 1

    def join(
        self,
        kind: TransitionKind,
        frames: int,
        *,
        of_last: int = 0,
        of_next: int = 0,
        direction: Direction = "left",
    ) -> None:
        """Add a transition behind the last clip."""
        if 0 < frames <= MAX_FRAMES and of_last >= 0 and of_next >= 0:
            self._joins.append(
                _Join(len(self._clips) - 1, kind, frames, direction, of_last, of_next)
            )

    def finish(self) -> EditedCut:
        """The cut, each clip with the frames that lie in its transitions."""
        if not self._clips:
            raise bad_edit("it has no clips in its tracks of pictures")
        if self._gap:
            self.note(f"{_times(self._gap)} left out: a film has no holes.")
        clips, last = list(self._clips), len(self._clips) - 1
        transitions: list[Transition] = []
        for join in self._joins:
            after = join.after
            frames = join.frames
            if 0 <= after < last:
                following = clips[after + 1]
                # A program may draw a transition over frames that the take does not have.
                missing = max(0, join.of_next - following.start)
                frames -= missing
                clips[after + 1] = msgspec.structs.replace(
                    following, start=following.start - join.of_next + missing
                )
            if after >= 0:
                clips[after] = msgspec.structs.replace(
                    clips[after], end=clips[after].end + join.of_last
                )
            ends = after in (-1, last)
            if frames > 0 and not (transitions and transitions[-1].after == after):
                transitions.append(
                    Transition(
                        after=after,
                        kind="fade" if ends else join.kind,
                        frames=frames,
                        direction="left" if ends else join.direction,
                    )
                )
        for clip in clips:
            if clip.start == clip.end:
                raise bad_edit(f"{clip.names[0] if clip.names else 'a clip'} has no frames")
        return EditedCut(
            format=self._format,
            clips=tuple(clips),
            transitions=tuple(transitions),
            notes=tuple(self._notes),
        )


def _times(count: int) -> str:
    return "1 gap was" if count == 1 else f"{count} gaps were"
