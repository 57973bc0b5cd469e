"""Which nodes are stale, for whoever looks: worked out some moments after a change, once for all.

It costs a plan of the whole graph. So it waits until the changes pause, one project at a time, and
never takes more than a small part of the time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg
import msgspec

from app.execution import StaleNodes
from app.platform.background import run_forever
from app.platform.database import CONNECTION_ERRORS
from app.platform.telemetry import get_logger
from node_registry import DirectorError

from .audience import Audience
from .protocol.outbound import StaleChanged, StaleNodeFound

log = get_logger(__name__)

# A change that comes alone, as a new face of an asset, is looked at at once: somebody waits for it.
FIRST_SECONDS = 0.03
QUIET_SECONDS = 0.3
MAX_DELAY = 2.0
# After a plan, at least this many times as long without one.
REST_FACTOR = 4
KEY = "stale"


class _Change(msgspec.Struct):
    """A change that was not looked at yet: when the first and the last of it came, and whether
    nothing had changed for a while before it."""

    first: float
    last: float
    alone: bool = False


class Staleness:
    """The stale nodes of all projects with people in them."""

    def __init__(
        self,
        audience: Audience,
        find: Callable[[UUID], Awaitable[StaleNodes]],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._audience = audience
        self._find = find
        self._clock = clock
        self._changes: dict[UUID, _Change] = {}
        self._last_sent: dict[UUID, StaleChanged] = {}
        self._rest_until: dict[UUID, float] = {}
        self._changed_at: dict[UUID, float] = {}
        self._wake = asyncio.Event()

    def changed(self, project_id: UUID) -> None:
        """Something changed that may make a take stale, or show again what it means."""
        now = self._clock()
        change = self._changes.get(project_id)
        if change is None:
            alone = now - self._changed_at.get(project_id, float("-inf")) > MAX_DELAY
            self._changes[project_id] = _Change(now, now, alone)
            self._wake.set()
        else:
            # It only puts off what the loop wakes for anyway.
            change.last = now
        self._changed_at[project_id] = now

    def joined(self, project_id: UUID, session_id: str) -> None:
        """Send this session what is known, or find it out."""
        sent = self._last_sent.get(project_id)
        if sent is None:
            self._changes[project_id] = _Change(float("-inf"), float("-inf"))
            self._wake.set()
        else:
            self._audience.send_to(session_id, sent, key=KEY)

    async def run(self) -> None:
        """Look when there is something to look at, until cancelled."""
        await run_forever(self._step, self._wake, self._tick, name="staleness")

    async def _step(self) -> None:
        self._forget()
        due = min(((self._due(p), p) for p in self._changes), default=None)
        if due is not None and due[0] <= self._clock():
            await self._look(due[1])

    def _tick(self) -> float | None:
        """Seconds until the next look is due; None when there is nothing to look at."""
        due = min(map(self._due, self._changes), default=None)
        return None if due is None else due - self._clock()

    def _due(self, project_id: UUID) -> float:
        change = self._changes[project_id]
        calm = min(change.last + QUIET_SECONDS, change.first + MAX_DELAY)
        if change.alone:
            calm = min(calm, change.first + FIRST_SECONDS)
        return max(calm, self._rest_until.get(project_id, calm))

    def _forget(self) -> None:
        watched = set(self._audience.projects())
        for known in (self._changes, self._last_sent, self._rest_until, self._changed_at):
            for project_id in known.keys() - watched:
                del known[project_id]

    async def _look(self, project_id: UUID) -> None:
        change = self._changes.pop(project_id)
        began = self._clock()
        try:
            found = await self._find(project_id)
        except (*CONNECTION_ERRORS, asyncpg.PostgresError) as error:
            log.warning("stale.not_found", error=f"{type(error).__name__}: {error}"[:200])
            change.last = change.first = self._clock() + 1
            self._changes.setdefault(project_id, change)
            return
        except DirectorError as error:
            # The project is gone, or its graph cannot be opened; whoever opens it sees that.
            log.warning("stale.not_found", error=str(error))
            return
        except Exception:
            log.exception("stale.failed", project=str(project_id))
            return
        ended = self._clock()
        self._rest_until[project_id] = ended + REST_FACTOR * (ended - began)
        event = StaleChanged(
            version=found.version,
            nodes=tuple(
                StaleNodeFound(node_id=n.node_id, label=n.label, reasons=tuple(n.reasons))
                for n in found.nodes
            ),
        )
        before = self._last_sent.get(project_id)
        self._last_sent[project_id] = event
        if before is None or before.nodes != event.nodes:
            self._audience.broadcast(project_id, event, key=KEY)
