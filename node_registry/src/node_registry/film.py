"""Facts of film that the studio and all backends reckon alike: rates, lengths, names of shots."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from .errors import DirectorError
from .requests import RenderSettings

_WRITTEN_RATE = re.compile(
    r"(?P<whole>[0-9]{1,6})(?:/0*(?P<part>[1-9][0-9]{0,5})|[.,](?P<decimals>[0-9]{1,9}))?"
    r"\s*(?:p|fps|hz)?(?:\s*[-_/]?\s*\(?(?P<drop>n?df|(?:non-?)?drop(?:[ -]frame)?)\)?)?",
    re.ASCII | re.IGNORECASE,
)
# 23.98 is as far from 24000/1001 as people round it.
_ROUNDED = Fraction(6, 1000)
_DROP_RATES = (Fraction(30000, 1001), Fraction(60000, 1001))


class WrittenRate(NamedTuple):
    """A frame rate as people write it: exactly, and whether they chose drop-frame timecode (None
    where they said nothing of it)."""

    rate: Fraction
    drop: bool | None


def read_rate(written: str | float) -> WrittenRate:
    """A frame rate as people write it: `24`, `"24000/1001"`, `23.976`, `"29.97 DF"`.

    23.976, 23.98, 29.97, 47.95, 59.94 and 119.88 mean the fractions over 1001. Raises
    `film.bad_rate` for what is none, for rates outside 1 to 240, and for drop-frame where it does
    not exist.
    """
    # Fraction itself would also take "1e999999999", and count for ever.
    found = _WRITTEN_RATE.fullmatch(str(written).strip()[:64])
    value = _exact(found) if found else Fraction(0)
    if not found or not 1 <= value <= 240:
        raise DirectorError(
            "film.bad_rate",
            f"{str(written)[:40]!r} is not a frame rate.",
            hint='Write a number such as 24 or 23.976, or a fraction such as "24000/1001".',
        )
    drop = None if not found["drop"] else not found["drop"].lower().startswith("n")
    if drop and value not in _DROP_RATES:
        raise DirectorError(
            "film.bad_rate",
            f"Drop-frame timecode does not exist at {float(value):g} frames a second.",
            hint="It exists at 29.97 and 59.94. Leave DF out, or choose one of these.",
        )
    return WrittenRate(value, drop)


def _exact(found: re.Match[str]) -> Fraction:
    whole = int(found["whole"])
    if not found["decimals"]:
        return Fraction(whole, int(found["part"] or 1))
    value = whole + Fraction(int(found["decimals"]), 10 ** len(found["decimals"]))
    nominal = -(-value.numerator // value.denominator)
    of_television = Fraction(nominal * 1000, 1001)
    return of_television if abs(value - of_television) < _ROUNDED else value


def parse_rate(rate: str | float) -> Fraction:
    """Frames a second as an exact fraction, from `24`, `"24"`, `"24000/1001"` or `23.976`.

    Raises `film.bad_rate` for anything else, and for rates outside 1 to 240.
    """
    return read_rate(rate).rate


def read_format(resolution: str, rate: str | float) -> RenderSettings:
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


def relink_name(scene_code: str, take_name: str) -> str:
    """The name of a take in lists of editors' programs: `SCENE_01_SHOT-010_v01_take01`.

    They find media again by file name alone, and takes of two scenes have the same name.
    """
    scene = scene_name(scene_code)
    return take_name if not scene or take_name.startswith(f"{scene}_") else f"{scene}_{take_name}"


def _coded(kind: str, code: str) -> str:
    # "SHOT_010" and "SHOT-010" are the shot 010: the word is used once.
    plain = re.sub(rf"^(?:{kind}[_-])+", "", code, flags=re.IGNORECASE)
    return f"{kind}_{plain}" if plain else ""


def _bad_format(message: str) -> DirectorError:
    return DirectorError(
        "project.bad_format", message, hint='Write a resolution such as "1920x1080".'
    )


def read_sides(composition: str, names: Iterable[str]) -> dict[str, int]:
    """At which side of the frame people stand, -1 left and 1 right, as the notes on a shot's
    composition say it: "INA on the left third", "INA left, TOM right", or "INA looking right", who
    then stands left. Of whom nothing is said is left out."""
    found: dict[str, int] = {}
    for name in names:
        said = re.search(
            rf"(?<!\w){re.escape(name)}(?!\w)([^.;]*?)\b(left|right)\b", composition, re.IGNORECASE
        )
        if name and said is not None:
            side = -1 if said[2].lower() == "left" else 1
            looks = re.search(r"\b(?:looking|facing|turned)\b", said[1], re.IGNORECASE)
            found[name] = -side if looks else side
    return found
