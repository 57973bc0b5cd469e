"""What one run of a node may ask for at most, so that nobody holds a worker for days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from node_registry.film import frames_of, parse_rate

from node_registry import DirectorError, RenderSettings

TOO_LARGE = "task.too_large"


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """The most frames of one run, and the most pixels in units of 10^9: all frames of it, times the
    steps in which each is made."""

    frames: int = 20_000
    gigapixels: int = 1_000

    def check(self, label: str, params: Mapping[str, Any], settings: RenderSettings) -> None:
        """Raises `task.too_large`, naming the bound and how an operator raises it."""
        frames = _frames(params, settings)
        if frames > self.frames:
            raise DirectorError(
                TOO_LARGE,
                f"{label} asks for {frames:,} frames; one run makes at most {self.frames:,}.",
                hint="Make it shorter, or split it; an operator raises DIRECTOR_MAX_FRAMES.",
                fields={"frames": frames, "limit": self.frames},
            )
        width = _number(params.get("width")) or settings.width
        height = _number(params.get("height")) or settings.height
        steps = max(1, _number(params.get("steps")))
        pixels = frames * width * height * steps
        if pixels > self.gigapixels * 10**9:
            raise DirectorError(
                TOO_LARGE,
                f"{label} asks for {frames:,} frames of {width:,} × {height:,} pixels in {steps:,} "
                f"steps: {pixels // 10**9:,} gigapixels; one run makes at most "
                f"{self.gigapixels:,}.",
                hint="Make it shorter or smaller; an operator raises DIRECTOR_MAX_GIGAPIXELS.",
                fields={"gigapixels": pixels // 10**9, "limit": self.gigapixels},
            )


def _frames(params: Mapping[str, Any], settings: RenderSettings) -> int:
    """How many frames a run makes, of sound those that last as long. What is wrong with the
    parameters is told by who reads them."""
    if frames := _number(params.get("frames")):
        return frames
    for name in ("duration_estimate", "duration"):
        seconds = params.get(name)
        if isinstance(seconds, int | float) and 0 < seconds < 10**9:
            return frames_of(float(seconds), parse_rate(settings.rate))
    return 1


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float) and 0 < value < 10**12 else 0
