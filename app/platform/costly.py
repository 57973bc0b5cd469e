"""How often one person may ask for what is costly: each kind of work has a limit of its own."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from .rate_limiter import RateLimiter

Work = Literal["upload", "breakdown", "generate", "duplicate", "export", "import", "segment"]

# At once, and again in so many seconds. People do not reach these; a program in a loop does.
LIMITS: dict[Work, tuple[int, float]] = {
    "upload": (1000, 60.0),
    "breakdown": (60, 60.0),
    "generate": (600, 60.0),
    "duplicate": (60, 600.0),
    "export": (60, 600.0),
    "import": (100, 600.0),
    # Of four seconds each: a film that is watched needs 15 a minute, scrubbing through it more.
    "segment": (120, 60.0),
}

_limiters = {work: RateLimiter(*limit) for work, limit in LIMITS.items()}


def spend(work: Work, user_id: UUID) -> None:
    """Count one. Raises `request.too_many` (429) with the seconds to wait."""
    _limiters[work].spend(user_id)
