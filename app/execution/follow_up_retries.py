"""Retries of the follow-up steps of a task event: which are tried again, when, and how often.

The event itself counts as handled when a step failed: its run ends, other tasks go on. Only the
step that failed (to make the take the active one, or to publish its files) is scheduled again,
with a pause that doubles each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Literal

from app.platform.telemetry import get_logger
from app.scheduling import TaskEvent, retry_abandoned, retry_later

log = get_logger(__name__)

FollowUp = Literal["activate", "publish"]

# Seconds.
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 300.0
# With these pauses, a step is tried for about half an hour.
MAX_ATTEMPTS = 14
ABANDONED_WITHIN = timedelta(days=7)


async def schedule(failed: Mapping[int, Sequence[FollowUp]]) -> None:
    """Schedule the first retry of the steps that failed, by the ids of their events."""
    for event_id, steps in failed.items():
        await retry_later(event_id, steps, FIRST_PAUSE)


async def record_attempt(event: TaskEvent, failed: Sequence[FollowUp]) -> None:
    """Store which steps failed in another attempt; after the last one they are abandoned."""
    attempts = event.retry_count + 1
    if failed and attempts < MAX_ATTEMPTS:
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**event.retry_count)
        await retry_later(event.id, failed, pause)
        return
    await retry_later(event.id, failed, None)
    if failed:
        log.error(
            "task_events.retries_abandoned",
            task=str(event.task_id),
            steps=list(failed),
            attempts=attempts,
        )


async def requeue_abandoned() -> None:
    """Schedule abandoned steps that publish files once more: somebody may have made room since.

    Which take is the active one is left as it is: a person may have decided that meanwhile.
    """
    await retry_abandoned("publish", ABANDONED_WITHIN)
