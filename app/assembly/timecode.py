"""Timecode: frame numbers as editors write them, and back; drop-frame is writing, not counting."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from node_registry import DirectorError

DROP_RATES = (Fraction(30000, 1001), Fraction(60000, 1001))
_WRITTEN = re.compile(r"(\d{2}):(\d{2}):(\d{2})([:;])(\d{2,3})")


def nominal_rate(rate: Fraction) -> int:
    """The frames that one second of timecode counts: 24 for 24000/1001."""
    return -(-rate.numerator // rate.denominator)


def can_drop(rate: Fraction) -> bool:
    """True for 29.97 and 59.94, the only rates that drop-frame timecode is defined for."""
    return rate in DROP_RATES


def frames_in_day(rate: Fraction, drop: bool = False) -> int:
    """How many frames there are before timecode begins again at 00:00:00:00."""
    nominal = nominal_rate(rate)
    if not drop:
        return nominal * 86400
    # Two numbers for each 30 are left out of every minute but each tenth.
    return nominal * 86400 - nominal // 15 * (1440 - 144)


def to_timecode(frame: int, rate: Fraction, drop: bool = False) -> str:
    """Frame number as `HH:MM:SS:FF`, or `HH:MM:SS;FF` when `drop`; begins again after 24 hours."""
    return timecode_writer(rate, drop)(frame)


def timecode_writer(rate: Fraction, drop: bool = False) -> Callable[[int], str]:
    """`to_timecode` for one rate: for lists of thousands, what is constant is worked out once."""
    nominal = nominal_rate(rate)
    day = frames_in_day(rate, drop)
    if drop:
        _check_drop(rate)
    separator = ";" if drop else ":"

    def write(frame: int) -> str:
        frame %= day
        if drop:
            frame += _numbers_left_out(frame, nominal)
        seconds, frames = divmod(frame, nominal)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours:02d}:{minutes:02d}:{seconds:02d}{separator}{frames:02d}"

    return write


def from_timecode(text: str, rate: Fraction) -> int:
    """The frame number that a timecode names; `;` before the frames says drop-frame.

    Raises `timecode.bad` for what is not a timecode at this rate, and `timecode.dropped` for a
    number that drop-frame leaves out.
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        raise DirectorError(
            "timecode.bad",
            f"“{text[:40]}” is not a timecode.",
            hint="Write hours, minutes, seconds and frames, as in 01:00:00:00.",
        )
    hours, minutes, seconds, frames = (int(match[i]) for i in (1, 2, 3, 5))
    nominal = nominal_rate(rate)
    if hours > 23 or minutes > 59 or seconds > 59 or frames >= nominal:
        raise DirectorError(
            "timecode.bad",
            f"{text.strip()} does not exist at {nominal} frames a second.",
            hint=f"Frames go from 00 to {nominal - 1:02d}, hours from 00 to 23.",
        )
    counted = ((hours * 60 + minutes) * 60 + seconds) * nominal + frames
    if match[4] == ":":
        return counted
    _check_drop(rate)
    dropped = nominal // 15
    if seconds == 0 and frames < dropped and minutes % 10:
        raise DirectorError(
            "timecode.dropped",
            f"{text.strip()} is one of the numbers that drop-frame timecode leaves out.",
            hint=f"The minute begins at {hours:02d}:{minutes:02d}:00;{dropped:02d}.",
        )
    whole = hours * 60 + minutes
    return counted - dropped * (whole - whole // 10)


def _numbers_left_out(frame: int, nominal: int) -> int:
    """How many numbers drop-frame has skipped before this frame."""
    dropped = nominal // 15
    per_minute = nominal * 60 - dropped
    per_ten = per_minute * 10 + dropped
    tens, rest = divmod(frame, per_ten)
    # The first minute of ten is whole, so it is longer than the nine that follow.
    minutes = 0 if rest < nominal * 60 else (rest - nominal * 60) // per_minute + 1
    return dropped * (9 * tens + minutes)


def _check_drop(rate: Fraction) -> None:
    if not can_drop(rate):
        raise DirectorError(
            "timecode.no_drop",
            f"Drop-frame timecode does not exist at {float(rate):g} frames a second.",
            hint="Switch drop-frame off, or use 30000/1001 or 60000/1001.",
        )
