"""Mixes sound: tracks decoded, placed to the sample, faded and summed, in blocks of a second."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np
import numpy.typing as npt
from av.error import FFmpegError

from node_registry import BackendError

from ..demuxers import open_media

RATE = 48000
"""Samples a second of everything that the studio mixes; always two channels."""

BLOCK = RATE

MOST_LEAD = 60 * RATE
"""Samples of silence before a file's sound, as its times claim it: a small file may claim hours."""

Samples = npt.NDArray[np.float32]


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """A file's sound in the mix, all in samples: from `start` of the mix on, `length` long.

    `skip` samples of the file are passed over first; `gain` is in decibels. A `crossfade` bends
    its fades, so that two tracks that cross keep their power together.
    """

    path: Path
    start: int
    length: int
    skip: int = 0
    gain: float = 0.0
    fade_in: int = 0
    fade_out: int = 0
    crossfade: bool = False
    label: str = "A sound"


def samples_at(frame: int, rate: Fraction) -> int:
    """The sample at which a frame begins, to the nearest."""
    return round(Fraction(frame * RATE) / rate)


def mix(
    tracks: Sequence[Track], length: int, check: Callable[[], None] = lambda: None
) -> Iterator[Samples]:
    """The sum of the tracks as blocks of shape (2, n), `length` samples in all.

    Memory holds one block and what sounds in it, however long the film is.
    """
    waiting = sorted(tracks, key=lambda track: track.start, reverse=True)
    sounding: list[_Voice] = []
    for begin in range(0, length, BLOCK):
        check()
        end = min(length, begin + BLOCK)
        block = np.zeros((2, end - begin), np.float32)
        while waiting and waiting[-1].start < end:
            sounding.append(_Voice(waiting.pop()))
        for voice in sounding:
            voice.add_to(block, begin)
        sounding = [voice for voice in sounding if not voice.done]
        yield block


class _Voice:
    """A track that sounds: reads its file on, as far as the block needs."""

    def __init__(self, track: Track) -> None:
        self.track = track
        self.place = 0
        self.done = track.length <= 0
        self._source = decoded(track.path, track.skip, track.label)
        self._rest: Samples = np.zeros((2, 0), np.float32)

    def add_to(self, block: Samples, begin: int) -> None:
        track = self.track
        at = max(0, track.start + self.place - begin)
        wanted = min(block.shape[1] - at, track.length - self.place)
        while wanted > 0:
            if not self._rest.shape[1]:
                following = next(self._source, None)
                if following is None:
                    self.done = True
                    return
                self._rest = following
            taken = self._rest[:, :wanted]
            count = taken.shape[1]
            block[:, at : at + count] += taken * _envelope(track, self.place, count)
            self._rest = self._rest[:, count:]
            self.place += count
            at += count
            wanted -= count
        if self.place >= track.length:
            self.done = True
            self._source.close()


def _envelope(track: Track, place: int, count: int) -> Any:
    """The track's gain, sample by sample, from `place` on."""
    level = np.float32(10 ** (track.gain / 20))
    end = place + count
    into, out = min(track.fade_in, track.length), min(track.fade_out, track.length)
    if place >= into and end <= track.length - out:
        return level
    numbers = np.arange(place, end, dtype=np.float32)
    curve = np.ones(count, np.float32)
    if into:
        curve *= np.clip((numbers + 0.5) / into, 0, 1)
    if out:
        curve *= np.clip((track.length - numbers - 0.5) / out, 0, 1)
    return level * (np.sin(curve * np.float32(np.pi / 2)) if track.crossfade else curve)


def has_sound(path: Path) -> bool:
    """Whether a file holds a stream of sound; one that cannot be read holds none."""
    try:
        with open_media(path) as container:
            return bool(container.streams.audio)
    except (FFmpegError, OSError):
        return False


def sound_length(path: Path) -> int | None:
    """How many samples a file's sound has by its own word, or None when nothing says so."""
    try:
        with open_media(path) as container:
            stream = next(iter(container.streams.audio), None)
            if stream is not None and stream.duration and stream.time_base:
                return round(stream.duration * stream.time_base * RATE)
    except (FFmpegError, OSError):
        return None
    return None


def decoded(path: Path, skip: int = 0, label: str = "A sound") -> Generator[Samples, None, None]:
    """A file's sound as float stereo at 48 kHz, from sample `skip` on, in the file's own time.

    Raises `audio.unreadable` for what holds no sound or cannot be decoded.
    """
    try:
        with open_media(path) as container:
            if not container.streams.audio:
                raise _unreadable(label, "has no sound")
            stream = container.streams.audio[0]
            resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
            left: int | None = None
            for frame in _then_none(container.decode(stream)):
                if left is None:
                    # A file may begin before or after its time zero; only the latter sounds.
                    start = frame.time if frame is not None and frame.time else 0.0
                    left = skip - round(start * RATE)
                    if left < -MOST_LEAD:
                        raise _unreadable(label, f"begins {-left // RATE} s after its own start")
                    while left < 0:
                        silent = min(-left, BLOCK)
                        yield np.zeros((2, silent), np.float32)
                        left += silent
                for part in resampler.resample(frame):
                    samples: Any = part.to_ndarray()
                    if left >= samples.shape[1]:
                        left -= samples.shape[1]
                        continue
                    yield samples[:, left:]
                    left = 0
    except (FFmpegError, OSError) as error:
        raise _unreadable(label, "cannot be decoded") from error


def _then_none(frames: Iterator[Any]) -> Iterator[Any]:
    """The frames, and None after them, which makes the resampler give its rest."""
    yield from frames
    yield None


def _unreadable(label: str, what: str) -> BackendError:
    return BackendError(
        "audio.unreadable", f"{label} {what}.", hint="Import it again as WAV, MP3 or AAC."
    )
