"""Facts of film that the studio and every backend must reckon alike: rates, lengths, codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from .errors import DirectorError


def parse_rate(rate: str | int) -> Fraction:
    """Frames a second as an exact fraction, from `24`, `"24"` or `"24000/1001"`.

    Raises `film.bad_rate` for anything else, and for rates outside 1 to 240.
    """
    # Fraction itself would also take "1e999999999", and count for ever.
    plain = re.fullmatch(r"([0-9]{1,6})(?:/0*([1-9][0-9]{0,5}))?", str(rate).strip(), re.ASCII)
    whole, part = plain.groups() if plain else ("0", None)
    value = Fraction(int(whole), int(part or 1))
    if not 1 <= value <= 240:
        raise DirectorError(
            "film.bad_rate",
            f"{rate!r} is not a frame rate.",
            hint='Write a whole number such as 24, or a fraction such as "24000/1001".',
        )
    return value


def frames_of(seconds: float, rate: Fraction) -> int:
    """A length in whole frames, at least one: seconds times rate, rounded half up."""
    exact = Fraction(seconds).limit_denominator(1_000_000) * rate
    return max(1, int(exact + Fraction(1, 2)))


def shot_frames(params: Mapping[str, Any], rate: Fraction) -> int:
    """How many frames a shot is to last: its `frames` when set, else its `duration_estimate`."""
    frames = params.get("frames")
    if frames:
        return int(frames)
    return frames_of(float(params.get("duration_estimate") or 4.0), rate)
