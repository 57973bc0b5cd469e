"""More workers on this machine while much waits, and fewer when nothing does.

Between `DIRECTOR_WORKERS` and `DIRECTOR_MAX_WORKERS` of them run. One that is not needed any more
is asked to end once it is free: none is stopped while it is busy.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from app.platform.background import end_task
from app.platform.telemetry import get_logger
from app.settings import Settings
from node_registry import DirectorError

log = get_logger(__name__)

INTERVAL = 1.0
PER_WORKER = 2
"""So many tasks may wait for each worker before another one is started."""


class Scaler:
    """Decides when local CPU workers are started and retired. The clock is an argument.

    `start` brings up the workers of these slots, `retire` ends one once it is free. Both are given
    slots from `least` on; those below are the studio's own and stay.
    """

    def __init__(
        self,
        *,
        least: int,
        most: int,
        idle_seconds: float,
        start: Callable[[list[int]], Awaitable[None]],
        retire: Callable[[int], Awaitable[None]],
    ) -> None:
        self._least, self._most, self._idle_seconds = least, most, idle_seconds
        self._start, self._retire = start, retire
        self._slots: set[int] = set()
        self._retiring: dict[int, asyncio.Future[None]] = {}
        self._idle_since: float | None = None

    @property
    def workers(self) -> int:
        """How many local workers there are that take tasks."""
        return self._least + len(self._slots - self._retiring.keys())

    async def step(self, waiting: int, now: float) -> None:
        """Look at how many tasks wait for a CPU worker, `now` in seconds."""
        for slot, task in list(self._retiring.items()):
            if task.done():
                del self._retiring[slot]
                self._slots.discard(slot)
        if waiting:
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since = now
        wanted = min(self._most, -(-waiting // PER_WORKER))
        if wanted > self.workers:
            free = [s for s in range(self._least, self._most) if s not in self._slots]
            slots = free[: wanted - self.workers]
            if slots:
                log.info("scaling.more", workers=self.workers + len(slots), waiting=waiting)
                self._slots.update(slots)
                await self._start(slots)
        elif self._idle_since is not None and now - self._idle_since >= self._idle_seconds:
            for slot in sorted(self._slots - self._retiring.keys()):
                log.info("scaling.fewer", slot=slot)
                self._retiring[slot] = asyncio.ensure_future(self._retire(slot))

    async def close(self) -> None:
        """Wait for nobody any more; the supervisor stops what is left."""
        for retiring in self._retiring.values():
            retiring.cancel()
        await asyncio.gather(*self._retiring.values(), return_exceptions=True)


@asynccontextmanager
async def scaling(
    settings: Settings,
    scaler: Scaler,
    token: Callable[[], str | None],
) -> AsyncIterator[None]:
    """Scale while the block runs, by what the studio's API tells with this token."""
    watching = asyncio.create_task(_watch(settings, scaler, token))
    try:
        yield
    finally:
        await end_task(watching)
        await scaler.close()


async def _watch(settings: Settings, scaler: Scaler, token: Callable[[], str | None]) -> None:
    import httpx  # A studio that never scales does without.

    async with httpx.AsyncClient(base_url=settings.address, timeout=5, trust_env=False) as client:
        while True:
            await asyncio.sleep(INTERVAL)
            # While the API is away nothing is begun and nothing is ended.
            with contextlib.suppress(httpx.HTTPError, ValueError, KeyError):
                headers = {"Authorization": f"Bearer {token()}"}
                answer = await client.get("/api/v1/queue/load", headers=headers)
                answer.raise_for_status()
                waiting = _waiting(answer.json())
                try:
                    await scaler.step(waiting, time.monotonic())
                except DirectorError as error:
                    log.warning("scaling.not_started", code=error.code, error=error.message)


def _waiting(load: dict[str, Any]) -> int:
    return next(one["waiting"] for one in load["devices"] if one["device"] == "cpu")
