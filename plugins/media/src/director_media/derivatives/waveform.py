"""Waveforms: the peaks of a sound at two resolutions, in the files of audiowaveform (version 2)."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.error import FFmpegError

from ..probe.refusal import Refused
from .frames import opened, unplayable

FINE, COARSE = 256, 4096
"""Samples for each pair of peaks."""

MOST_PAIRS = 8_000_000
_EIGHT_BITS = 1

Peaks = npt.NDArray[np.int8]


def make(source: Path, media_type: str, folder: Path) -> list[dict[str, Any]]:
    """Write both resolutions, each as JSON and as binary."""
    with opened(source) as container:
        if not container.streams.audio:
            raise Refused("no_sound", "The file has no sound.")
        stream = container.streams.audio[0]
        rate = stream.codec_context.sample_rate
        fine = _peaks(_samples(container, stream))
    if not len(fine):
        raise unplayable("No sound of the file can be decoded")
    coarse = _coarser(fine, COARSE // FINE)
    loudest = int(np.abs(fine.astype(np.int16)).max())
    made: list[dict[str, Any]] = []
    for name, pairs, step in (("fine", fine, FINE), ("coarse", coarse, COARSE)):
        facts = {
            "sample_rate": rate, "samples_per_pixel": step, "length": len(pairs),
            "peak": loudest, "duration": round(len(fine) * FINE / rate, 4),
        }  # fmt: skip
        header = struct.pack("<iIiiIi", 2, _EIGHT_BITS, rate, step, len(pairs), 1)
        (folder / f"{name}.dat").write_bytes(header + pairs.tobytes())
        document = {
            "version": 2, "channels": 1, "sample_rate": rate, "samples_per_pixel": step,
            "bits": 8, "length": len(pairs), "data": pairs.reshape(-1).tolist(),
        }  # fmt: skip
        (folder / f"{name}.json").write_text(json.dumps(document, separators=(",", ":")))
        made += [
            {"name": f"{name}.json", "media_type": "application/json", "facts": facts},
            {"name": f"{name}.dat", "media_type": "application/octet-stream", "facts": facts},
        ]
    return made


def _samples(container: Any, stream: Any) -> Iterator[npt.NDArray[np.int16]]:
    """The sound in one channel, piece by piece; what cannot be decoded is passed over."""
    resampler = av.AudioResampler(format="s16", layout="mono")
    faults = 0
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except FFmpegError:
            faults += 1
            if faults > 100:
                return
            continue
        for frame in frames:
            for mono in resampler.resample(frame):
                yield mono.to_ndarray().reshape(-1).astype(np.int16, copy=False)
    for mono in resampler.resample(None):
        yield mono.to_ndarray().reshape(-1).astype(np.int16, copy=False)


def _peaks(pieces: Iterator[npt.NDArray[np.int16]]) -> Peaks:
    """Pairs of the lowest and the highest sample of each step, as 8 bits."""
    found: list[Peaks] = []
    rest = np.empty(0, np.int16)
    pairs = 0
    for piece in pieces:
        rest = np.concatenate((rest, piece))
        whole = len(rest) // FINE * FINE
        if whole < FINE * 64:
            continue
        found.append(_reduced(rest[:whole].reshape(-1, FINE)))
        pairs += len(found[-1])
        rest = rest[whole:]
        if pairs > MOST_PAIRS:
            raise Refused("too_slow", "The sound is too long to be drawn.")
    if len(rest):
        padded = np.pad(rest, (0, -len(rest) % FINE), mode="edge")
        found.append(_reduced(padded.reshape(-1, FINE)))
    return np.concatenate(found) if found else np.empty((0, 2), np.int8)


def _reduced(steps: npt.NDArray[np.int16]) -> Peaks:
    pairs = np.stack((steps.min(axis=1), steps.max(axis=1)), axis=1)
    return (pairs >> 8).astype(np.int8)


def _coarser(pairs: Peaks, times: int) -> Peaks:
    padded = np.pad(pairs, ((0, -len(pairs) % times), (0, 0)), mode="edge")
    grouped = padded.reshape(-1, times, 2)
    return np.stack((grouped[:, :, 0].min(axis=1), grouped[:, :, 1].max(axis=1)), axis=1)
