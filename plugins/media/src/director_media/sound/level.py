"""Levels a mix to a loudness: measured by EBU R 128, turned up or down once, peaks held down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np
from av.error import BlockingIOError as Starved
from av.error import EOFError as Ended
from av.filter import Graph

from .mix import BLOCK, RATE, Samples

CEILING = -1.5
"""True peak in dBTP that the mix stays under: AAC adds up to half a decibel on top."""

SILENCE = -70.0
"""LUFS at which EBU R 128 hears nothing: such a mix is left as it is."""


class Loudness(msgspec.Struct, frozen=True):
    """What was measured: integrated loudness in LUFS, true peak in dBTP."""

    integrated: float
    peak: float


def keep_and_measure(blocks: Iterable[Samples], path: Path) -> Loudness:
    """Write a mix to a file of raw floats, and measure it on the way."""
    graph = _Graph([("ebur128", "peak=true:metadata=1")])
    with path.open("wb") as file:
        for block in blocks:
            file.write(np.ascontiguousarray(block.T).tobytes())
            for _ in graph.push(block):
                pass
        for _ in graph.push(None):
            pass
    found = graph.metadata
    peak = float(found.get("lavfi.r128.true_peak", 0.0))
    return Loudness(
        integrated=max(SILENCE, float(found.get("lavfi.r128.I", SILENCE))),
        peak=float(20 * np.log10(peak)) if peak > 0 else -200.0,
    )


def measure(blocks: Iterable[Samples]) -> Loudness:
    """The loudness of a mix that is not kept."""
    return keep_and_measure(blocks, Path("/dev/null"))


def kept(path: Path) -> Iterator[Samples]:
    """The mix that `keep_and_measure` wrote."""
    with path.open("rb") as file:
        while raw := file.read(BLOCK * 8):
            yield np.frombuffer(raw, np.float32).reshape(-1, 2).T


def levelled(
    blocks: Iterable[Samples],
    found: Loudness,
    target: float,
    check: Callable[[], None] = lambda: None,
) -> Iterator[Samples]:
    """The mix at `target` LUFS, its true peak under the ceiling, of the same length.

    One gain for the whole film keeps the difference between loud and quiet. Only where that
    would push peaks over the ceiling, a limiter that sees between the samples holds those down.
    """
    if found.integrated <= SILENCE:
        yield from blocks
        return
    change = target - found.integrated
    gain = np.float32(10 ** (change / 20))
    if found.peak + change <= CEILING:
        for block in blocks:
            check()
            yield block * gain
        return
    limit = 10 ** ((CEILING - 0.2) / 20)
    graph = _Graph(
        [
            ("aresample", f"{RATE * 4}"),
            ("alimiter", f"limit={limit:.6f}:attack=5:release=80:level=false:latency=true"),
            ("aresample", f"{RATE}"),
        ]
    )
    total = given = 0
    for block in chain(_scaled(blocks, gain, check), (None,)):
        total += block.shape[1] if block is not None else 0
        for part in graph.push(block):
            part = part[:, : total - given]
            given += part.shape[1]
            yield part
    if given < total:
        # The filters keep a few samples of their own; the film's length must not change.
        yield np.zeros((2, total - given), np.float32)


def _scaled(
    blocks: Iterable[Samples], gain: np.float32, check: Callable[[], None]
) -> Iterator[Samples]:
    for block in blocks:
        check()
        yield block * gain


class _Graph:
    """A chain of filters that takes blocks of samples and gives blocks of samples."""

    def __init__(self, chain: list[tuple[str, str]]) -> None:
        self._graph = Graph()
        last: Any = self._graph.add_abuffer(
            sample_rate=RATE, format="fltp", layout="stereo", time_base=Fraction(1, RATE)
        )
        for name, arguments in (*chain, ("aformat", "sample_fmts=fltp"), ("abuffersink", "")):
            following = self._graph.add(name, arguments) if arguments else self._graph.add(name)
            last.link_to(following)
            last = following
        self._graph.configure()
        self._place = 0
        self.metadata: dict[str, str] = {}

    def push(self, block: Samples | None) -> Iterator[Samples]:
        """What comes out when `block` goes in; None is the end."""
        self._graph.push(None if block is None else self._frame(block))
        while True:
            try:
                frame = self._graph.pull()
            except (Starved, Ended):
                return
            assert isinstance(frame, av.AudioFrame)
            self.metadata.update(frame.metadata)
            samples: Any = frame.to_ndarray()
            yield samples

    def _frame(self, block: Samples) -> av.AudioFrame:
        frame = audio_frame(block, self._place)
        self._place += block.shape[1]
        return frame


def audio_frame(block: Samples, place: int) -> av.AudioFrame:
    """A block as a frame that begins at the sample `place`."""
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = RATE, place, Fraction(1, RATE)
    return frame
