"""The whole studio on one machine: servers, API and workers, kept alive until it is stopped."""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import msgspec

from app.platform.blocking import run_blocking
from app.platform.database_role import DatabaseRole
from app.settings import Settings
from node_registry import Gpu

from .child import Child
from .connections import database_environment
from .embedded import EmbeddedPostgres, EmbeddedValkey, runtime_folder
from .error_output import error_in_log
from .listening import answers, bind, check_transport, free_port
from .plugin_settings import check_plugin_settings
from .scaling import Scaler, scaling
from .studio_lock import StudioAddress, StudioLock, read_address
from .supervisor import Event, Supervisor

if TYPE_CHECKING:
    from .opening import Opened

__all__ = ["Studio", "free_port", "running"]

# What a child may see of this process's environment, besides its own settings.
# Large blocks (bodies of requests, hashes of passwords) go back to the system when they are freed,
# and threads share the places where small ones lie: glibc would keep what an attack once needed.
MEMORY = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "262144"}
PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "XDG_RUNTIME_DIR",
    "VIRTUAL_ENV",
    "PYTHONPATH",
    "SSL_CERT_FILE",
    "LD_LIBRARY_PATH",
    "CUDA_HOME",
    "NO_PROXY",
    "HTTPS_PROXY",
)


class Studio(msgspec.Struct, frozen=True):
    """A studio that runs. `setup_link` is the owner's one-time link, while there is no owner."""

    address: StudioAddress
    setup_link: str | None
    supervisor: Supervisor


@asynccontextmanager
async def running(
    settings: Settings, *, on_event: Callable[[Event], None] | None = None
) -> AsyncIterator[Studio]:
    """Start everything, keep it alive while the block runs, stop it in order.

    Raises `studio.already_running`, `studio.port_in_use`, what is wrong with the settings, and
    what the servers raise.
    """
    check_transport(settings)
    await check_plugin_settings(settings)
    with StudioLock(settings.home) as lock:
        # Said at once that the port is taken, before anything is started.
        bind(settings.host, settings.port).close()
        async with Supervisor(on_event=on_event) as supervisor:
            # Guarded, so that Ctrl-C in the middle of a start stops what was started.
            known, opened = await supervisor.guard(_start(settings, supervisor))
            from .opening import session_renewed  # Loaded by now, while the servers started.

            def publish(token: str) -> StudioAddress:
                return lock.publish(settings.address, token)

            async with session_renewed(known, opened.login, publish):
                address = publish(opened.login.token)
                async with _scaled(known, supervisor):
                    yield Studio(address, opened.link, supervisor)


@asynccontextmanager
async def _scaled(settings: Settings, supervisor: Supervisor) -> AsyncIterator[None]:
    """With more workers while much waits, where the settings allow more."""
    if settings.max_workers <= settings.workers:
        yield
        return

    async def start(slots: list[int]) -> None:
        await supervisor.start(*(_further_worker(settings, slot) for slot in slots))

    async def retire(slot: int) -> None:
        await supervisor.retire(_name_of(slot))

    def token() -> str | None:
        address = read_address(settings.home)
        return address.token if address else None

    scaler = Scaler(
        least=settings.workers,
        most=settings.max_workers,
        idle_seconds=settings.scale_down_seconds,
        start=start,
        retire=retire,
    )
    async with scaling(settings, scaler, token):
        yield


async def _start(settings: Settings, supervisor: Supervisor) -> tuple[Settings, Opened]:
    """Start everything at once; who needs another waits for it, and not for all before it.

    The API loads its code while the database is made, the workers while it is brought up to date;
    they get the start signal when that is done, so that none of them ever sees it half migrated.
    Gives the settings with the addresses of the servers, and what is known since the opening.
    """
    known, servers = await _servers(settings)
    start_signal = asyncio.Event()
    # Stages stop in the reverse order of these: what needs a server ends before the server.
    serving = asyncio.create_task(supervisor.start(*servers))
    workers = (_cpu_worker(known, slot, serving, start_signal) for slot in range(known.workers))
    working = asyncio.create_task(supervisor.start(_api(known, start_signal), *workers))
    opening = asyncio.create_task(_open(known, serving, start_signal))
    started = (serving, opening, working)
    try:
        await asyncio.wait(started, return_when=asyncio.FIRST_EXCEPTION)
        for task in started:
            if task.done():
                task.result()
        opened = opening.result()
        await supervisor.start(*(_gpu_worker(known, gpu) for gpu in opened.gpus))
        return known, opened
    finally:
        for task in started:
            task.cancel()
        await asyncio.gather(*started, return_exceptions=True)


async def _servers(settings: Settings) -> tuple[Settings, list[Child]]:
    """The servers that the settings do not name, which are our own; and where all of them are."""
    servers: list[Child] = []
    database_url, redis_url = settings.database_url, settings.redis_url
    if redis_url is None:
        valkey = EmbeddedValkey(settings.home, runtime_folder(settings.home))
        servers.append(valkey.child())
        redis_url = valkey.url
    else:
        from app.platform import redis

        await redis.check(redis_url)
    if database_url is None:
        postgres = EmbeddedPostgres(settings.home, runtime_folder(settings.home))
        servers.append(postgres.child())
        database_url = postgres.url()
    known = msgspec.structs.replace(settings, database_url=database_url, redis_url=redis_url)
    return known, servers


async def _open(
    settings: Settings, serving: asyncio.Task[None], start_signal: asyncio.Event
) -> Opened:
    """Open the studio once the servers are there, and let those start that wait for it."""
    # Loaded while the servers start, in a thread: the loop has to see when they are ready.
    opening = await run_blocking(importlib.import_module, "app.processes.opening")
    await serving
    opened: Opened = await opening.open_studio(settings)
    start_signal.set()
    return opened


def _api(settings: Settings, start_signal: asyncio.Event) -> Child:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    return _child(
        "api",
        ["serve", "--standby"],
        settings,
        (DatabaseRole.APP, DatabaseRole.SERVICE),
        ready=lambda: answers(host, settings.port),
        start_signal=start_signal,
    )


def _cpu_worker(
    settings: Settings, slot: int, serving: asyncio.Task[None], start_signal: asyncio.Event
) -> Child:
    async def servers_are_up() -> None:
        # On few cores it would take the time of what everybody waits for, the database.
        await asyncio.wait({serving})

    command = ["worker", "--standby", "--slot", str(slot), "--drain", "0"]
    return _child(
        _name_of(slot),
        command,
        settings,
        (DatabaseRole.WORKER,),
        prepare=servers_are_up,
        start_signal=start_signal,
    )


def _further_worker(settings: Settings, slot: int) -> Child:
    command = ["worker", "--slot", str(slot), "--drain", "0"]
    return _child(_name_of(slot), command, settings, (DatabaseRole.WORKER,))


def _name_of(slot: int) -> str:
    return f"worker-cpu{slot}"


def _gpu_worker(settings: Settings, gpu: Gpu) -> Child:
    command = ["worker", "--gpu", gpu.uuid, "--drain", "0"]
    return _child(f"worker-gpu{gpu.index}", command, settings, (DatabaseRole.WORKER,))


def _child(
    name: str,
    command: list[str],
    settings: Settings,
    roles: tuple[DatabaseRole, ...],
    *,
    ready: Callable[[], Awaitable[bool]] | None = None,
    prepare: Callable[[], Awaitable[None]] | None = None,
    start_signal: asyncio.Event | None = None,
) -> Child:
    logs = settings.home / "logs"

    async def started() -> bool:
        return True

    assert settings.database_url is not None
    secrets = database_environment(settings.database_url, settings, *roles)
    plain = msgspec.structs.replace(settings, database_url=None)
    passed = {
        name: value
        for name, value in os.environ.items()
        if name in PASSED_ON or name.startswith("OTEL_")
    }
    plugin_settings = {k: v for k, v in os.environ.items() if k.startswith("DIRECTOR_PLUGIN_")}
    return Child(
        name=name,
        argv=[sys.executable, "-m", "app.cli", *command],
        log_path=logs / f"{name}.log",
        ready=ready or started,
        explain=error_in_log,
        prepare=prepare,
        env={
            **(MEMORY if name == "api" else {}),
            **passed,
            **plain.environment(),
            **plugin_settings,
            **secrets,
        },
        # Whoever runs one worker less still has a studio.
        essential=name == "api",
        start_signal=start_signal,
    )
