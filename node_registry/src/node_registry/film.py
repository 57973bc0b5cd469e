"""Facts of film that the studio and all backends reckon alike: rates, lengths, names of shots."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from .errors import DirectorError
from .requests import RenderSettings


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


def read_format(resolution: str, rate: str | int) -> RenderSettings:
    """The picture's format, from `"1920x1080"` and a rate. Raises `project.bad_format`."""
    width, _, height = resolution.lower().partition("x")
    if not all(re.fullmatch(r"[0-9]{1,5}", side) for side in (width, height)):
        raise _bad_format(f"{resolution[:40]!r} is not a resolution.")
    size = int(width), int(height)
    if not all(64 <= side <= 8192 and side % 2 == 0 for side in size):
        raise _bad_format("Width and height are even numbers from 64 to 8192.")
    return RenderSettings(width=size[0], height=size[1], rate=str(parse_rate(rate)))


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


def scene_name(code: str) -> str:
    """`SCENE_01` of the code `01`, or of `SCENE_01` itself; "" of no code."""
    return _coded("SCENE", code)


def shot_name(code: str) -> str:
    """`SHOT_010` of the code `010`, or of `SHOT_010` itself; "" of no code."""
    return _coded("SHOT", code)


def slate_name(scene_code: str, shot_code: str) -> str:
    """`SCENE_01/SHOT_010`: what people call a shot. One code alone gives its own name."""
    return "/".join(name for name in (scene_name(scene_code), shot_name(shot_code)) if name)


def _coded(kind: str, code: str) -> str:
    # "SHOT_010" and "SHOT-010" are the shot 010: the word is used once.
    plain = re.sub(rf"^(?:{kind}[_-])+", "", code, flags=re.IGNORECASE)
    return f"{kind}_{plain}" if plain else ""


def _bad_format(message: str) -> DirectorError:
    return DirectorError(
        "project.bad_format", message, hint='Write a resolution such as "1920x1080".'
    )
