"""Health checks that a plugin offers to `director doctor` and `/api/v1/health`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec

HealthState = Literal["ok", "not_configured", "degraded", "failed"]


class Health(msgspec.Struct, frozen=True):
    """How a part is, what was seen, and what to do.

    `ok`: it works. `not_configured`: it is not used here, which is no fault. `degraded`: the studio
    works, with less. `failed`: it does not.
    """

    state: HealthState
    message: str
    remedy: str = ""


class HealthCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A named check; `run` answers within five seconds and raises nothing.

    A `failed` check makes the whole studio's health `failed` (an API address then answers 503):
    say `degraded` for what the studio can do without.
    """

    name: str
    run: Callable[[], Awaitable[Health]]
