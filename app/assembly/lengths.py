"""How many frames of the film a take lasts, from what the probe found of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from node_registry.film import frames_of, parse_rate

from node_registry import DirectorError


def frames_in_film(facts: Mapping[str, Any], rate: Fraction) -> int:
    """A take's length in frames at the film's rate, rounded half up; 0 when nothing is known.

    `facts` are `Media.facts`. A take at another rate is conformed by time, so its own number of
    frames is not the film's.
    """
    frames = facts.get("frames")
    if isinstance(frames, int) and frames > 0:
        try:
            own = parse_rate(facts.get("rate") or str(rate))
        except DirectorError:
            # A file that tells no rate has its frames shown one for one.
            own = rate
        return max(1, int(frames * rate / own + Fraction(1, 2)))
    duration = facts.get("duration")
    if isinstance(duration, int | float) and math.isfinite(duration) and duration > 0:
        return frames_of(duration, rate)
    return 0
