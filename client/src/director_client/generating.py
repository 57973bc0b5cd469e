"""From the wish for a take to the take: begun over HTTP, followed on the socket."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import uuid4

from .errors import GenerationFailed, Unreachable
from .events import Connected, TaskProgressed
from .readers import Events
from .studio import Begun, Studio, Take

# Should the word of a task's end be lost, it is asked for this often.
LOOK = 15.0
AGAIN = 1.0

T = TypeVar("T")
OnProgress = Callable[[float, str], None]


async def make_take(
    studio: Studio,
    project_id: str,
    node_id: str,
    events: Events,
    on_progress: OnProgress | None = None,
) -> Take:
    """Begin a generation, follow it to its end, and give the take. Raises `GenerationFailed`.

    It is begun by a request that may be repeated, and whose answer names the task: the events of
    a node alone do not tell whose wish they fulfil.
    """
    request_id = uuid4().hex
    begun = await _persist(lambda: studio.generate(project_id, node_id, request_id))
    while (take := await _persist(lambda: _taken(studio, begun))) is None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK):
                await _something_happens(events, begun, on_progress)
    return take


async def _something_happens(events: Events, begun: Begun, on_progress: OnProgress | None) -> None:
    """Wait until the task may have ended. Raises what ended the events."""
    while True:
        event = await anext(events)
        if isinstance(event, TaskProgressed):
            if event.task_id == begun.task_id and on_progress is not None:
                on_progress(event.progress, event.step)
        elif isinstance(event, Connected) or getattr(event, "task_id", None) == begun.task_id:
            return


async def _taken(studio: Studio, begun: Begun) -> Take | None:
    task = await studio.task(begun)
    if task.status == "succeeded" and task.take_id is not None:
        return await studio.take(task.take_id)
    if task.status in ("failed", "cancelled"):
        error = task.error or {}
        raise GenerationFailed(
            str(error.get("code", f"task.{task.status}")),
            str(error.get("message", f"The task was {task.status}.")),
            str(error.get("hint", "")),
            task.id,
        )
    return None


async def _persist(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask until the studio answers; the caller sets the time that it has."""
    while True:
        try:
            return await ask()
        except Unreachable:
            await asyncio.sleep(AGAIN)
