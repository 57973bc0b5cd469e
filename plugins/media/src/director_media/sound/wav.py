"""Writes sound as WAV, 24 bits: the form in which one node gives sound to the next."""

from __future__ import annotations

import wave
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from .mix import RATE, Samples

_LARGEST = (1 << 23) - 1


def write_wav(path: Path, blocks: Iterable[Samples]) -> None:
    """Write blocks of shape (2, n) as a 48 kHz stereo WAV; what is over full scale is clipped."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(3)
        file.setframerate(RATE)
        for block in blocks:
            scaled = np.rint(np.clip(block.T, -1, 1) * _LARGEST).astype("<i4")
            # Of each four little-endian bytes the highest is only the sign repeated.
            raw = np.ascontiguousarray(scaled).view(np.uint8).reshape(-1, 4)[:, :3]
            file.writeframes(np.ascontiguousarray(raw).tobytes())
