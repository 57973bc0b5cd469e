"""Where each sound of a film lies: takes' own sound under their pictures, tracks laid under all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..conform.plan import ConformList, ListedTransition
from .mix import RATE, Track, has_sound, samples_at, sound_length


def tracks_of(wanted: ConformList, files: Mapping[str, Path]) -> list[Track]:
    """The tracks of a film's mix, in samples, from its conform list."""
    return [*_takes(wanted, files), *_laid(wanted, files)]


def length_of(wanted: ConformList) -> int:
    """The film's length in samples."""
    return samples_at(wanted.length, wanted.fraction)


def _takes(wanted: ConformList, files: Mapping[str, Path]) -> list[Track]:
    rate = wanted.fraction
    joined = {t.after: t for t in wanted.transitions if t.frames > 0}
    last = len(wanted.clips) - 1
    found: list[Track] = []
    for index, (clip, start) in enumerate(zip(wanted.clips, wanted.starts, strict=True)):
        if not clip.sound or not has_sound(files[clip.media]):
            continue
        head, tail = joined.get(index - 1), joined.get(index)
        late, fade_in = _entry(head, index == 0)
        early, fade_out = _exit(tail, index == last)
        begin = samples_at(start + late, rate)
        crossed = {t.kind for t in (head, tail) if t} & {"dissolve", "wipe", "push"}
        found.append(
            Track(
                path=files[clip.media],
                start=begin,
                length=samples_at(start + clip.length - early, rate) - begin,
                skip=samples_at(clip.start + late, rate),
                fade_in=samples_at(fade_in, rate),
                fade_out=samples_at(fade_out, rate),
                crossfade=bool(crossed),
                label=f"The sound of {clip.name}" if clip.name else "The sound of a shot",
            )
        )
    return found


def _entry(head: ListedTransition | None, first: bool) -> tuple[int, int]:
    """Frames that a clip's sound begins late, and frames that it comes in over."""
    if head is None or head.kind == "cut":
        return 0, 0
    if head.kind == "fade" and not first:
        return head.frames // 2, head.frames - head.frames // 2
    return 0, head.frames


def _exit(tail: ListedTransition | None, last: bool) -> tuple[int, int]:
    """Frames that a clip's sound ends early, and frames that it goes out over."""
    if tail is None:
        return 0, 0
    if tail.kind == "cut":
        return tail.frames, 0
    if tail.kind == "fade" and not last:
        return tail.frames - tail.frames // 2, tail.frames // 2
    return 0, tail.frames


def _laid(wanted: ConformList, files: Mapping[str, Path]) -> list[Track]:
    rate, end = wanted.fraction, length_of(wanted)
    found: list[Track] = []
    for number, sound in enumerate(wanted.sounds, start=1):
        start = samples_at(sound.start, rate)
        length = end - start
        if sound.frames is not None:
            length = min(length, samples_at(sound.start + sound.frames, rate) - start)
        if sound.fade_out > 0:
            # A track that ends before the film fades at its own end.
            length = min(length, sound_length(files[sound.media]) or length)
        if length > 0:
            found.append(
                Track(
                    path=files[sound.media],
                    start=start,
                    length=length,
                    gain=sound.gain,
                    fade_in=round(sound.fade_in * RATE),
                    fade_out=round(sound.fade_out * RATE),
                    label=f"Audio track {number}",
                )
            )
    return found
