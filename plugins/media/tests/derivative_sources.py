"""Films and sounds that tests make derivatives of, each with something that makes it odd."""

from __future__ import annotations

import math
import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np


def film(
    path: Path,
    *,
    codec: str = "libx264",
    form: str = "mp4",
    size: tuple[int, int] = (320, 180),
    frames: int = 48,
    rate: int | Fraction = 24,
    pix_fmt: str = "yuv420p",
    sound: str | None = None,
    faststart: bool = False,
    options: dict[str, str] | None = None,
) -> Path:
    """A film that grows brighter frame by frame, red on its left half."""
    flags = {"movflags": "+faststart"} if faststart else {}
    with av.open(str(path), "w", format=form, options=flags) as container:
        stream: Any = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
        stream.options = options or {}
        voice: Any = container.add_stream(sound, rate=48_000) if sound else None
        if voice is not None:
            voice.layout = "mono"
        for number in range(frames):
            picture = np.zeros((size[1], size[0], 3), np.uint8)
            picture[:, : size[0] // 2, 0] = 250
            picture[:, size[0] // 2 :, 1:] = 40 + 200 * number // frames
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
        if voice is not None:
            hum(container, voice, frames / float(rate))
    return path


def hum(container: Any, stream: Any, seconds: float) -> None:
    """A tone that is silent in its first half."""
    count = round(seconds * 48_000)
    tone = np.sin(np.arange(count) * 2 * math.pi * 440 / 48_000).astype(np.float32) * 0.5
    tone[: count // 2] = 0
    resampler = av.AudioResampler(
        format=stream.codec_context.format.name, layout="mono", rate=48_000,
        frame_size=stream.codec_context.frame_size or 1024,
    )  # fmt: skip
    frame = av.AudioFrame.from_ndarray(tone.reshape(1, -1), format="flt", layout="mono")
    frame.sample_rate = 48_000
    frame.pts = 0
    for part in (*resampler.resample(frame), *resampler.resample(None)):
        container.mux(stream.encode(part))
    container.mux(stream.encode(None))


def turned(path: Path) -> Path:
    """A film held upright: its header says that it is to be turned by 90 degrees."""
    film(path, faststart=True)
    data = path.read_bytes()
    straight = b"".join(n.to_bytes(4, "big") for n in (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30))
    right = (1 << 32) - (1 << 16)
    matrix = b"".join(n.to_bytes(4, "big") for n in (0, 1 << 16, 0, right, 0, 0, 0, 0, 1 << 30))
    place = data.index(straight, data.index(b"tkhd"))
    path.write_bytes(data[:place] + matrix + data[place + len(matrix) :])
    return path


def song(path: Path, seconds: float = 2.0) -> Path:
    """A WAV: silence, then half loudness."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        half = round(seconds * 24_000)
        file.writeframes(bytes(4 * half) + np.tile(np.int16([16_384, -16_384]), half).tobytes())
    return path
