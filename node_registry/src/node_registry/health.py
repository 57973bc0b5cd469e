"""Health checks that a plugin offers to `director doctor` and `/api/v1/health`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec


class Health(msgspec.Struct, frozen=True):
    """How a part is: `ok`, `degraded` (works, with less) or `failed`; what was seen; what to do."""

    state: Literal["ok", "degraded", "failed"]
    message: str
    remedy: str = ""


class HealthCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A named check; `run` answers within five seconds and raises nothing.

    A `failed` check makes the whole studio's health `failed` (an API address then answers 503):
    say `degraded` for what the studio can do without.
    """

    name: str
    run: Callable[[], Awaitable[Health]]
