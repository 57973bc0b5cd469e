"""Encodes a film's sound as AAC beside its pictures, sample by sample as long as the film."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np

from .level import audio_frame
from .mix import RATE, Samples

BIT_RATE = 192_000
_FRAME = 1024
_AHEAD = Fraction(1)


def add_stream(container: Any) -> Any:
    """An AAC stream in an output container, 48 kHz stereo."""
    stream = container.add_stream("aac", rate=RATE, layout="stereo")
    stream.bit_rate = BIT_RATE
    stream.time_base = Fraction(1, RATE)
    return stream


class MixedSound:
    """The film's sound from blocks of samples, encoded as the pictures need it beside them."""

    def __init__(self, blocks: Iterable[Samples]) -> None:
        self._blocks = iter(blocks)
        self._stream: Any = None
        self._place = 0
        self._ended = False

    def open(self, container: Any) -> None:
        """Add the stream to the film's container."""
        self._stream = add_stream(container)

    def packets(self, until: Fraction | None) -> list[Any]:
        """Packets of sound up to about a second after `until` seconds; None is the rest."""
        packets: list[Any] = []
        while not self._ended and (until is None or self._place < (until + _AHEAD) * RATE):
            block = next(self._blocks, None)
            if block is None:
                self._ended = True
                packets += self._stream.encode(None)
            elif block.shape[1]:
                packets += self._stream.encode(audio_frame(block, self._place))
                self._place += block.shape[1]
        return packets


class SilentSound:
    """Silence of `length` samples: encoded once, since one frame of silence is like another."""

    def __init__(self, length: int) -> None:
        self._packets = self._repeated(length)
        self._stream: Any = None
        self._next: Any = None

    def open(self, container: Any) -> None:
        """Add the stream to the film's container."""
        self._stream = add_stream(container)

    def packets(self, until: Fraction | None) -> list[Any]:
        """Packets of silence up to about a second after `until` seconds; None is the rest."""
        packets: list[Any] = []
        while True:
            if self._next is None:
                self._next = next(self._packets, None)
            if self._next is None:
                return packets
            if until is not None and self._next.pts > (until + _AHEAD) * RATE:
                return packets
            self._next.stream = self._stream
            packets.append(self._next)
            self._next = None

    @staticmethod
    def _repeated(length: int) -> Iterator[Any]:
        first, following = silent_frames()
        # The encoder's own start comes before time zero, and the last frame ends with the film.
        for pts in range(-_FRAME, length, _FRAME):
            packet = av.Packet(first if pts < 0 else following)
            packet.time_base = Fraction(1, RATE)
            packet.pts = packet.dts = pts
            packet.duration = min(_FRAME, length - pts)
            packet.is_keyframe = True
            yield packet


def silent_frames() -> tuple[bytes, bytes]:
    """An AAC frame of silence as the encoder begins with it, and as it goes on."""
    context: Any = av.CodecContext.create("aac", "w")
    context.sample_rate, context.layout, context.format = RATE, "stereo", "fltp"
    context.bit_rate, context.time_base = BIT_RATE, Fraction(1, RATE)
    silence = np.zeros((2, _FRAME * 4), np.float32)
    packets = [*context.encode(audio_frame(silence, 0)), *context.encode(None)]
    return bytes(packets[0]), bytes(packets[2])
