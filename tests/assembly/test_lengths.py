"""Lengths of takes at the film's rate."""

from fractions import Fraction

import pytest

from app.assembly.lengths import frames_in_film


@pytest.mark.parametrize(
    ("facts", "rate", "frames"),
    [
        ({"frames": 96, "rate": "24"}, "24", 96),
        ({"frames": 96}, "24", 96),
        ({"frames": 100, "rate": "25"}, "24", 96),
        ({"frames": 120, "rate": "30000/1001"}, "24000/1001", 96),
        ({"frames": 1, "rate": "60"}, "24", 1),
        ({"frames": 96, "rate": "nonsense"}, "24", 96),
        ({"duration": 4.0}, "30000/1001", 120),
        ({"duration": float("inf")}, "24", 0),
        ({"frames": 0, "duration": "4"}, "24", 0),
        ({}, "24", 0),
    ],
)
def test_frames_in_the_film(facts, rate, frames) -> None:
    assert frames_in_film(facts, Fraction(rate)) == frames
