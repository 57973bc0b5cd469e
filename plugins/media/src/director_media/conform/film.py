"""Conforms a film: copies what no transition touches, makes the rest anew, splices both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from ..house import Writer
from .blend import blend
from .frame_reader import read_frames
from .mezzanine import find_or_make
from .plan import ConformList, Copied, Made, Part, segments
from .splice import Piece, can_splice, splice

Check = Callable[[], None]
Report = Callable[[float], None]

# Two clips are made side by side: encoding lets go of the interpreter, and the encoder itself
# runs on one thread, since its bits must not depend on the machine.
_SIDE_BY_SIDE = 2


class Conformed(msgspec.Struct, frozen=True):
    """What came of it: frames of the film, and how many of them were made, not copied."""

    frames: int
    made: int


def conform(
    wanted: ConformList,
    files: Mapping[str, Path],
    output: Path,
    scratch: Path,
    cache: Path,
    *,
    sound: Any = None,
    check: Check = lambda: None,
    report: Report = lambda fraction: None,
) -> Conformed:
    """Write the film. `files` gives a local file for each digest in the list.

    Blocking: run it in a thread. `check` is called often and raises to stop; `report` is told how
    far it is, from 0 to 1. Raises `BackendError` when a clip is too short or cannot be read.
    """
    rate = wanted.fraction
    with ThreadPoolExecutor(_SIDE_BY_SIDE, "conform") as pool:
        clips = _house_clips(wanted, files, cache, pool, check)
        plan = segments(wanted)
        made = sum(segment.length for segment in plan if isinstance(segment, Made))
        total = made + wanted.length
        done = 0
        jobs: dict[int, Future[Path]] = {}
        stopped = _Stop(check)
        try:
            for place, segment in enumerate(plan):
                if isinstance(segment, Made):
                    path = scratch / f"made-{place:05d}.mp4"
                    jobs[place] = pool.submit(_make, segment, clips, wanted, path, stopped)
            pieces: list[Piece] = []
            for place, segment in enumerate(plan):
                if isinstance(segment, Copied):
                    pieces.append(Piece(clips[segment.clip], segment.start, segment.end))
                    continue
                pieces.append(Piece(jobs[place].result(), 0, segment.length))
                done += segment.length
                report(done / total)
        except BaseException:
            stopped.stop()
            raise

    def written(frames: int) -> None:
        check()
        report((done + frames) / total)

    frames = splice(pieces, output, wanted.width, wanted.height, rate, sound, written)
    for place in jobs:
        jobs[place].result().unlink(missing_ok=True)
    return Conformed(frames=frames, made=made)


class _Stop:
    """A check that also stops the clips that are made side by side when one of them failed."""

    def __init__(self, check: Check) -> None:
        self._check, self._stopped = check, False

    def __call__(self) -> None:
        if self._stopped:
            raise InterruptedError("another part of the film failed")
        self._check()

    def stop(self) -> None:
        self._stopped = True


def _house_clips(
    wanted: ConformList,
    files: Mapping[str, Path],
    cache: Path,
    pool: ThreadPoolExecutor,
    check: Check,
) -> list[Path]:
    """For each clip a file in the house format: its own, or a mezzanine from the cache."""
    rate = wanted.fraction
    frames: dict[str, int] = {}
    for clip in wanted.clips:
        frames[clip.media] = max(frames.get(clip.media, 0), clip.end)
    stopped = _Stop(check)

    def prepare(digest: str) -> Path:
        stopped()
        source = files[digest]
        if can_splice(source, wanted.width, wanted.height, rate):
            return source
        return find_or_make(
            source, digest, frames[digest], wanted.width, wanted.height, rate, cache, stopped
        )

    jobs = {digest: pool.submit(prepare, digest) for digest in frames}
    try:
        ready = {digest: job.result() for digest, job in jobs.items()}
    except BaseException:
        stopped.stop()
        raise
    return [ready[clip.media] for clip in wanted.clips]


def _make(
    segment: Made, clips: Sequence[Path], wanted: ConformList, path: Path, check: Check
) -> Path:
    """Encode one run of frames as a house clip of its own."""
    with Writer(path, wanted.width, wanted.height, wanted.fraction) as clip:
        for part in segment.parts:
            for frame in _frames(part, clips, wanted.fraction):
                check()
                clip.write_frame(frame)
    return path


def _frames(part: Part, clips: Sequence[Path], rate: Fraction) -> Any:
    def side(index: int | None, start: int) -> Any:
        if index is None:
            return (None for _ in range(part.length))
        return read_frames(clips[index], rate, start, part.length)

    if part.transition is None:
        yield from side(part.new, part.new_start)
        return
    kind, direction = part.transition.kind, part.transition.direction
    sides = zip(side(part.old, part.old_start), side(part.new, part.new_start), strict=True)
    for step, (old, new) in enumerate(sides):
        yield blend(kind, direction, old, new, step, part.length)
