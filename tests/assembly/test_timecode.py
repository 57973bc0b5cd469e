"""Timecode against OpenTimelineIO's own, at every rate that both know."""

from fractions import Fraction

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assembly.timecode import (
    can_drop,
    frames_in_day,
    from_timecode,
    nominal_rate,
    to_timecode,
)
from node_registry import DirectorError

RATES = [
    Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30),
    Fraction(48), Fraction(50), Fraction(60000, 1001), Fraction(60),
]  # fmt: skip


@given(st.sampled_from(RATES), st.integers(0, 60 * 86400 - 1), st.booleans())
def test_is_what_opentimelineio_writes(rate: Fraction, frame: int, drop: bool) -> None:
    drop = drop and can_drop(rate)
    # OpenTimelineIO begins again after a day by the clock, which at 29.97 is before 24:00:00:00.
    frame %= min(frames_in_day(rate, drop), int(86400 * rate))
    time = otio.opentime.RationalTime(frame, float(rate))
    written = to_timecode(frame, rate, drop)
    assert written == otio.opentime.to_timecode(time, float(rate), drop)
    assert from_timecode(written, rate) == frame


@given(st.sampled_from(RATES), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59),
       st.integers(0, 99), st.booleans())  # fmt: skip
def test_every_timecode_is_read_back_or_refused(rate, hours, minutes, seconds, frames, drop):
    text = f"{hours:02d}:{minutes:02d}:{seconds:02d}{';' if drop else ':'}{frames:02d}"
    if frames >= nominal_rate(rate) or (drop and not can_drop(rate)):
        with pytest.raises(DirectorError, match="timecode"):
            from_timecode(text, rate)
    elif drop and minutes % 10 and not seconds and frames < nominal_rate(rate) // 15:
        with pytest.raises(DirectorError, match=r"timecode\.dropped"):
            from_timecode(text, rate)
    else:
        assert to_timecode(from_timecode(text, rate), rate, drop) == text


@pytest.mark.parametrize("rate", [r for r in RATES if can_drop(r)])
def test_drop_frame_keeps_to_the_clock(rate: Fraction) -> None:
    hour = frames_in_day(rate, drop=True) // 24
    assert abs(hour / rate - 3600) < Fraction(1, 100)
    assert to_timecode(hour, rate, drop=True) == "01:00:00;00"


@pytest.mark.parametrize(
    ("frame", "written"),
    [(1799, "00:00:59;29"), (1800, "00:01:00;02"), (17981, "00:09:59;29"), (17982, "00:10:00;00")],
)
def test_drop_frame_at_the_edges(frame: int, written: str) -> None:
    assert to_timecode(frame, Fraction(30000, 1001), drop=True) == written


@pytest.mark.parametrize("text", ["", "1:00:00:00", "24:00:00:00", "00:60:00:00", "00:00:00:24",
                                  "00:00:00;00", "٠٠:00:00:00x"])  # fmt: skip
def test_what_is_no_timecode_is_refused(text: str) -> None:
    with pytest.raises(DirectorError, match="timecode"):
        from_timecode(text, Fraction(24))
