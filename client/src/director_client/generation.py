"""From a node to its new take: started over HTTP, followed on the socket."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import uuid4

from .errors import GenerationFailed, Unreachable
from .event_stream import EventStream
from .events import Connected, TaskProgressed
from .studio import StartedGeneration, Studio, Take

# Should the event of a task's end be lost, the studio is asked so often, in seconds.
POLL_INTERVAL = 15.0
RETRY_DELAY = 1.0

T = TypeVar("T")
OnProgress = Callable[[float, str], None]
"""Hears how far the take is, in percent (0 to 100) as on the wire, and the step it is at."""


async def make_take(
    studio: Studio,
    project_id: str,
    node_id: str,
    events: EventStream,
    *,
    timeout: float,
    on_progress: OnProgress | None = None,
) -> Take:
    """Start a generation, follow it to its end, and give the take.

    It is started by a request that may be repeated, and whose answer names the task: the events of
    a node alone do not tell whose generation they belong to. Raises `GenerationFailed` when the
    task failed, the run ended without a take, or no take is there after `timeout` seconds; and
    what ended `events`.
    """
    request_id = uuid4().hex
    started: StartedGeneration | None = None
    try:
        async with asyncio.timeout(timeout):
            started = await _persist(lambda: studio.generate(project_id, node_id, request_id))
            while (take := await _persist(lambda: _finished_take(studio, started))) is None:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL_INTERVAL):
                        await _may_have_ended(events, started, on_progress)
            return take
    except TimeoutError:
        raise GenerationFailed(
            "client.timeout",
            f"There was no take within {timeout:g} s.",
            "The studio goes on with what it has begun: look at the node later, or give it more "
            "time by `timeout`.",
            started.task_id if started else "",
        ) from None


async def _may_have_ended(
    events: EventStream, started: StartedGeneration, on_progress: OnProgress | None
) -> None:
    """Wait until the task may have ended. Raises what ended the events."""
    while True:
        event = await anext(events)
        if isinstance(event, TaskProgressed):
            if event.task_id == started.task_id and on_progress is not None:
                on_progress(event.progress, event.step)
        elif isinstance(event, Connected) or getattr(event, "task_id", None) == started.task_id:
            return


async def _finished_take(studio: Studio, started: StartedGeneration) -> Take | None:
    """The take, once there is one. Raises `GenerationFailed` when there will be none."""
    run = await studio.run(started.run_id)
    task = next((task for task in run.tasks if task.id == started.task_id), None)
    if task is not None and task.status == "succeeded" and task.take_id is not None:
        return await studio.take(task.take_id)
    if task is not None and task.status in ("failed", "cancelled"):
        error = task.error or {}
        raise GenerationFailed(
            str(error.get("code", f"task.{task.status}")),
            str(error.get("message", f"The task was {task.status}.")),
            str(error.get("hint", "")),
            task.id,
        )
    if task is None or run.status != "running":
        raise GenerationFailed(
            "run.no_take",
            f"The run is {run.status}, and made no take of this node.",
            "Look at the node on the canvas: is it one that makes takes?",
            started.task_id,
        )
    return None


async def _persist(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask until the studio answers; the caller sets the time that it has."""
    while True:
        try:
            return await ask()
        except Unreachable:
            await asyncio.sleep(RETRY_DELAY)
