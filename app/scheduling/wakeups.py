"""Wake-ups of workers: an arq queue for each, at most one job deep. Nothing else knows arq."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import msgpack
import msgspec
from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.worker import Worker as ArqWorker
from arq.worker import func

from app.platform.redis import CONNECTION_ERRORS, RedisError
from app.platform.telemetry import get_logger

log = get_logger(__name__)

WAKE_UP = "wake_up"
SENDERS = 8


def _queue(worker_id: UUID) -> str:
    return f"director:wakeup:{worker_id}"


def _pack(job: dict[str, Any]) -> bytes:
    packed = msgpack.packb(job)
    assert packed is not None
    return packed


def _unpack(data: bytes) -> dict[str, Any]:
    return msgpack.unpackb(data, raw=False)


async def open_wakeup_queue(url: str) -> ArqRedis:
    """The connection through which the dispatcher notifies workers."""
    return await create_pool(_settings(url), job_serializer=_pack, job_deserializer=_unpack)


def _settings(url: str) -> RedisSettings:
    settings = RedisSettings.from_dsn(url)
    settings.conn_timeout = 5
    settings.conn_retries = 3
    settings.conn_retry_delay = 0.3  # type: ignore[assignment] - arq sleeps a float as well
    return settings


class WakeUp(msgspec.Struct, frozen=True):
    """What a worker is told: this attempt of a task is assigned to it."""

    worker_id: UUID
    task_id: UUID
    attempt: int


async def notify(wakeup_queue: ArqRedis, wake_ups: Sequence[WakeUp]) -> None:
    """Tell workers of the tasks that are assigned to them. To notify twice is the same as once.

    Some at a time, each by a connection of its own: arq asks Redis thrice for each.
    """
    waiting = iter(wake_ups)

    async def send() -> None:
        for wake_up in waiting:
            await wakeup_queue.enqueue_job(
                WAKE_UP,
                str(wake_up.task_id),
                wake_up.attempt,
                _job_id=f"{wake_up.task_id}:{wake_up.attempt}",
                _queue_name=_queue(wake_up.worker_id),
                _expires=60,
            )

    await asyncio.gather(*[send() for _ in range(min(SENDERS, len(wake_ups)))])


async def listen_for_wakeups(
    url: str, worker_id: UUID, answer: Callable[[UUID, int], Awaitable[None]]
) -> None:
    """Call `answer(task_id, attempt)` for each wake-up, until cancelled; outlives a loss of Redis.

    `answer` returns at once: the run is a task of its own, which a loss of Redis does not end.
    """

    async def on_wakeup(ctx: dict[Any, Any], task_id: str, attempt: int) -> None:
        del ctx
        await answer(UUID(task_id), attempt)

    while True:
        worker: ArqWorker | None = None
        try:
            worker = ArqWorker(
                functions=[func(on_wakeup, name=WAKE_UP, keep_result=0, max_tries=1)],
                redis_settings=_settings(url),
                queue_name=_queue(worker_id),
                poll_delay=0.03,
                max_jobs=4,
                job_timeout=30,
                keep_result=0,
                handle_signals=False,
                health_check_key=f"director:health:{worker_id}",
                health_check_interval=30,
                job_serializer=_pack,
                job_deserializer=_unpack,
            )
            await worker.main()
        except (*CONNECTION_ERRORS, RedisError) as error:
            log.warning("wakeup.redis_lost", error=str(error)[:200])
        finally:
            if worker is not None:
                await _close(worker)
        await asyncio.sleep(0.5)


async def _close(worker: ArqWorker) -> None:
    try:
        await asyncio.wait_for(worker.close(), 2)
    except (*CONNECTION_ERRORS, RedisError, TimeoutError) as error:
        log.debug("wakeup.close", error=str(error)[:200])
