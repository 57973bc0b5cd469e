"""The worker role: one process that runs one task at a time on one device."""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import socket
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg

from app.execution.runner import Runner
from app.media import DerivativeMaker, ObjectStore, StorageWatch
from app.platform import database, redis
from app.platform.background import end_task
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.garbage_collection import tune_for_serving
from app.platform.ids import new_id
from app.platform.plugins import Plugins, load_plugins
from app.platform.telemetry import configure_logs, get_logger
from app.platform.tracing import close_tracing, configure_tracing
from app.scheduling import Worker, offered_backends, wakeups, workers
from app.settings import Settings
from node_registry import DirectorError, Gpu

from .connections import database_urls, redis_url
from .plugin_settings import check_loaded_plugins
from .storage import disk_floor, open_store

log = get_logger(__name__)

HEARTBEAT = 4.0
AUTO = "auto"
ALIVE = "alive"
"""A file that a worker touches with each heartbeat, for whatever starts those again that hang."""


async def run_worker(
    settings: Settings, *, gpu_uuid: str | None = None, slot: int = 0, drain: float = 0.0
) -> None:
    """Serve until SIGTERM, SIGINT or SIGUSR1; then take no more tasks, and finish the one in hand.

    After SIGUSR1 it is finished, however long that takes. After the others it has `drain` seconds,
    or until the signal comes again; then it is given back, for another worker to begin again.
    """
    configure_logs(settings.log_level, settings.log_format, role="worker")
    configure_tracing(settings.otlp_endpoint, role="worker")
    gpu = choose_gpu(gpu_uuid)
    plugins = load_plugins("worker")
    check_loaded_plugins(settings, plugins)
    await database.connect(database_urls(settings, DatabaseRole.WORKER), size=5)
    redis.connect(redis_url(settings))
    store = await open_store(settings, plugins)
    host = socket.gethostname()
    now = datetime.now(UTC)
    worker = Worker(
        id=new_id(),
        name=f"{host}/{'gpu' + str(gpu.index) if gpu else 'cpu' + str(slot)}",
        device="gpu" if gpu else "cpu",
        device_id=gpu.uuid if gpu else f"cpu:{host}:{os.getpid()}",
        vram_bytes=gpu.total_bytes if gpu else 0,
        device_name=gpu.name if gpu else "",
        backends=offered_backends(plugins.backends.values()),
        started_at=now,
        seen_at=now,
    )
    runner = Runner(
        worker.id,
        plugins,
        store,
        folder=settings.home / "worker",
        floor=disk_floor(settings),
        lease_seconds=settings.lease_seconds,
        gpu=gpu,
        timeouts={
            "low": settings.timeout_low,
            "standard": settings.timeout_standard,
            "high": settings.timeout_high,
        },
        start_timeout=settings.timeout_start,
        run_timeout=settings.timeout_run,
    )
    orders = Orders()
    beating = asyncio.create_task(send_heartbeats(worker, settings.home / "worker" / ALIVE))
    listening = asyncio.create_task(
        wakeups.listen_for_wakeups(redis_url(settings), worker.id, runner.wake_up)
    )
    loading = asyncio.create_task(run_blocking(preload, plugins))
    deriving = asyncio.create_task(
        _derive(worker, plugins, store, settings.home / "worker", runner)
    )
    # Where this machine has no API, nobody else sends what it could not.
    sending = asyncio.create_task(StorageWatch(store).run())
    tune_for_serving()
    log.info("worker.ready", name=worker.name, backends=sorted(worker.backends))
    try:
        await orders.wait(lambda: finished(worker), drain)
    finally:
        for task in (sending, deriving, listening, beating, loading):
            await end_task(task)
        await runner.stop()
        await _forget(worker)
        await store.close()
        await redis.close()
        await database.disconnect()
        await close_tracing()


class Orders:
    """The signals that a worker gets: to stop, to stop at once, and to end when it is free."""

    def __init__(self) -> None:
        self._stop, self._at_once = asyncio.Event(), asyncio.Event()
        self._retire = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGUSR1, self._retire.set)

    def stop(self) -> None:
        """Stop; the second time, at once."""
        (self._at_once if self._stop.is_set() else self._stop).set()

    async def wait(self, finish: Callable[[], Coroutine[Any, Any, None]], drain: float) -> None:
        """Wait for an order, and then for `finish` as long as the order allows."""
        await _first(self._stop.wait(), self._retire.wait())
        if not self._stop.is_set():
            await _first(finish(), self._stop.wait())
        if self._stop.is_set() and drain > 0:
            await _first(finish(), self._at_once.wait(), asyncio.sleep(drain))


async def finished(worker: Worker) -> None:
    """Let this worker be given no more tasks, and wait until it has ended those that it has."""
    while True:
        try:
            async with unit_of_work(role=DatabaseRole.WORKER) as unit:
                if await workers.drained(unit, worker.id, "Its operator"):
                    return
        except (*database.CONNECTION_ERRORS, asyncpg.PostgresError) as error:
            log.warning("worker.drain_interrupted", error=str(error)[:200])
        await asyncio.sleep(0.25)


async def _first(*works: Coroutine[Any, Any, Any]) -> None:
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            await end_task(task)


def preload(plugins: Plugins) -> None:
    """Import what the first task of a backend would wait for; a failure is that task's to tell."""
    for backend in plugins.backends.values():
        for module in backend.preload:
            try:
                importlib.import_module(module)
            except Exception as error:  # noqa: BLE001 - a plugin's module may raise anything
                log.warning("worker.not_preloaded", module=module, error=repr(error)[:200])


async def _derive(
    worker: Worker, plugins: Plugins, store: ObjectStore, folder: Path, runner: Runner
) -> None:
    """Make thumbnails and the like beside the runs; a worker with a card leaves it to others."""
    if worker.device == "cpu":
        await DerivativeMaker(
            worker.id,
            plugins.derivatives.values(),
            plugins.segments.values(),
            store,
            folder,
            lambda: runner.idle_seconds,
        ).run()


async def send_heartbeats(worker: Worker, alive: Path) -> None:
    """Renew the heartbeat; the file `alive` is touched also while the database is away."""
    alive.parent.mkdir(parents=True, exist_ok=True)
    while True:
        alive.touch()
        try:
            async with unit_of_work(role=DatabaseRole.WORKER) as unit:
                await workers.register(unit, worker)
        except (*database.CONNECTION_ERRORS, asyncpg.PostgresError) as error:
            log.warning("worker.heartbeat_lost", error=str(error)[:200])
            await asyncio.sleep(0.5)
            continue
        await asyncio.sleep(HEARTBEAT)


async def _forget(worker: Worker) -> None:
    """A worker that leaves in good order is not waited for."""
    try:
        async with unit_of_work(role=DatabaseRole.WORKER) as unit:
            await workers.leave(unit, worker.id)
    except (*database.CONNECTION_ERRORS, asyncpg.PostgresError) as error:
        log.debug("worker.leave_unseen", error=str(error)[:200])


def choose_gpu(uuid: str | None) -> Gpu | None:
    """The card of this UUID, or the only one (`auto`). This process sees no other from then on.

    Raises `worker.no_such_gpu` and `worker.which_gpu`.
    """
    if uuid is None:
        return None
    # A worker without a card need not load what speaks with the driver.
    from app.platform.devices import find_gpus

    cards = find_gpus()
    if uuid == AUTO:
        if len(cards) != 1:
            raise DirectorError(
                "worker.which_gpu",
                f"This machine has {len(cards)} cards; `--gpu auto` takes the only one.",
                hint="Name the card by its UUID; `director doctor` lists them.",
            )
        uuid = cards[0].uuid
    for gpu in cards:
        if gpu.uuid == uuid:
            # Before any plugin imports a framework that counts cards.
            os.environ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
            os.environ["CUDA_VISIBLE_DEVICES"] = uuid
            return gpu
    raise DirectorError(
        "worker.no_such_gpu",
        f"This machine has no card {uuid!r}.",
        hint="`director doctor` lists the cards that the driver knows.",
    )
