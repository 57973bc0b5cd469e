"""Small files of each kind that journeys bring: a video, a picture, a sound."""

from __future__ import annotations

import io
import math
import struct
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image


def make_video(path: Path, colour: tuple[int, int, int], frames: int = 36) -> Path:
    """An MP4 of 320 × 180 at 24 frames a second, in which a bar goes from left to right."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        stream.time_base = Fraction(1, 24)
        for number in range(frames):
            picture = np.full((180, 320, 3), colour, np.uint8)
            at = number * 300 // frames
            picture[40:140, at : at + 20] = 240
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def make_picture(colour: tuple[int, int, int], size: tuple[int, int] = (320, 180)) -> bytes:
    """A PNG: dark at the left, the colour at the right."""
    picture = Image.new("RGB", size, (12, 12, 12))
    picture.paste(colour, (size[0] // 2, 0, size[0], size[1]))
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


def make_sound(seconds: float = 3.0) -> bytes:
    """A WAV of a tone that swells and fades."""
    rate = 24_000
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        count = int(rate * seconds)
        samples = (
            int(22_000 * math.sin(math.pi * at / count) * math.sin(at * 440 * math.tau / rate))
            for at in range(count)
        )
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return written.getvalue()
