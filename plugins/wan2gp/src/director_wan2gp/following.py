"""Follows one job to its end by asking after it, over broken connections and silent servers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator

from node_registry.server_text import plain

from node_registry import BackendError, Cancelled, Log, Progress

from .server import Event, Job, Server

_PHASES = {
    "loading_model": "Loading the model",
    "downloading_output": "Fetching the result",
    "encoding_text": "Reading the prompt",
    "decoding": "Making the picture of it",
    "cancelled": "Stopping",
}
# The end is the result's: a job that tells 100 percent is not yet fetched.
MOST = 0.98


class Follower:
    """The life of one job on one server. `job` is what the server said of its end; None when it
    does not know the job."""

    def __init__(self, server: Server, job_id: str, cancelled: asyncio.Event) -> None:
        self.job: Job | None = Job()
        self.reached = 0.0
        self._server = server
        self._job_id = job_id
        self._cancelled = cancelled
        self._seen = 0.0
        self._updated = 0.0
        self._heard = self._answered = time.monotonic()

    async def follow(self) -> AsyncGenerator[Progress | Log, None]:
        """What happens until the job has ended, whichever way: `job` says how.

        Raises `Cancelled` when the run was cancelled, and the job with it; `wan2gp.unreachable` or
        `wan2gp.silent` when nobody can say any more what became of it.
        """
        while True:
            if self._cancelled.is_set():
                for note in await self._cancel():
                    yield note
                raise Cancelled
            if await self._ask():
                if self.job is None:
                    return
                for event in self.job.events:
                    progress = self._told(event)
                    if progress is not None:
                        yield progress
                if self.job.done:
                    return
                self._check_patience()
            await self._pause()

    async def _ask(self) -> bool:
        """Ask after the job; False while the server is away, and not yet for too long."""
        try:
            self.job = await self._server.job(self._job_id)
        except BackendError as error:
            away = time.monotonic() - self._answered
            if not error.retryable or away > self._server.settings.absence:
                raise
            return False
        self._answered = time.monotonic()
        return True

    def _told(self, event: Event) -> Progress | None:
        """The progress that an event tells, if it is a new one."""
        if event.timestamp <= self._seen:
            return None
        self._seen = event.timestamp
        self._heard = time.monotonic()
        data = event.data
        if event.kind != "progress" or not isinstance(data, dict):
            return None
        percent = data.get("progress")
        if isinstance(percent, int | float):
            # Each stage of some models begins anew; people see one bar.
            self.reached = max(self.reached, min(MOST, max(0.0, percent / 100)))
        return Progress(self.reached, _step(data))

    def _check_patience(self) -> None:
        assert self.job is not None
        if self.job.updated_at != self._updated:
            self._updated, self._heard = self.job.updated_at, time.monotonic()
        patience = self._server.settings.patience
        if time.monotonic() - self._heard > patience:
            raise BackendError(
                "wan2gp.silent",
                f"{self._server.title} has said nothing of this job for {patience:.0f} s.",
                hint="Look at its console; the job is looked for again.",
                retryable=True,
            )

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._server.settings.poll):
                await self._cancelled.wait()
        except TimeoutError:
            return

    async def _cancel(self) -> list[Log]:
        """Cancel the job, and wait for its end: it comes with the next step of the model."""
        deadline = time.monotonic() + self._server.settings.grace
        try:
            job = await self._server.cancel(self._job_id)
            while job is not None and not job.done:
                if time.monotonic() > deadline:
                    return [
                        Log(
                            f"{self._server.title} goes on with what was cancelled; it stops "
                            "between two steps, and not while it loads or fetches a model.",
                            "warning",
                        )
                    ]
                await asyncio.sleep(min(0.2, self._server.settings.poll))
                job = await self._server.job(self._job_id)
        except BackendError as error:
            return [Log(f"Nobody knows whether the job has stopped: {error.message}", "warning")]
        return []


def _step(data: dict[str, object]) -> str:
    """What a job does now, for people."""
    phase = str(data.get("phase") or "")
    known = _PHASES.get(phase)
    step, steps = data.get("current_step"), data.get("total_steps")
    if known is None and isinstance(step, int) and isinstance(steps, int) and steps > 0:
        return f"Step {step} of {steps}"
    return known or plain(data.get("status") or "Working", 80)
