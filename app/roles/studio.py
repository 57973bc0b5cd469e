"""The whole studio on one machine: servers, API and workers, kept alive until it is stopped."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import msgspec

from app import accounts
from app.accounts import tokens
from app.platform import database, redis
from app.platform.database import Role
from app.scheduling.devices import find_gpus
from app.settings import Settings

from .child import Child
from .connections import database_urls, role_environment
from .embedded import EmbeddedPostgres, EmbeddedValkey, runtime_folder
from .migrate import migrate
from .secrets import role_passwords
from .studio_lock import HEALTH, StudioAddress, StudioLock
from .supervisor import Event, Supervisor

# What a child may see of this process's environment, besides its own settings.
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

    Raises `studio.already_running`, `studio.port_in_use`, and what the servers raise.
    """
    with StudioLock(settings.home) as lock:
        _check_port(settings)
        async with Supervisor(on_event=on_event) as supervisor:
            # Guarded, so that Ctrl-C in the middle of a start stops what was started.
            token, link = await supervisor.guard(_start(settings, supervisor))
            yield Studio(lock.publish(settings.address, token), link, supervisor)


async def _start(settings: Settings, supervisor: Supervisor) -> tuple[str, str | None]:
    """Start everything, stage by stage; returns the owner's token and one-time link."""
    settings, owner_url = await _start_servers(settings, supervisor)
    await migrate(owner_url, role_passwords(settings.home))
    owner = await _owner(settings)
    # Together: a worker needs the database and a doorbell, not the API.
    await supervisor.start(_api(settings, owner_url), *_workers(settings, owner_url))
    return owner


async def _start_servers(settings: Settings, supervisor: Supervisor) -> tuple[Settings, str]:
    """The servers that the settings do not name are our own."""
    children: list[Child] = []
    owner_url, redis_url = settings.database_url, settings.redis_url
    postgres: EmbeddedPostgres | None = None
    if redis_url is None:
        valkey = EmbeddedValkey(settings.home, runtime_folder(settings.home))
        children.append(valkey.child())
        redis_url = valkey.url
    else:
        await redis.check(redis_url)
    if owner_url is None:
        postgres = EmbeddedPostgres(settings.home, runtime_folder(settings.home))
        children.append(postgres.child())
    if children:
        await supervisor.start(*children)
    if postgres is not None:
        # Its password is made with its files, so its address is known only now.
        owner_url = postgres.url()
    assert owner_url is not None
    known = msgspec.structs.replace(settings, database_url=owner_url, redis_url=redis_url)
    return known, owner_url


async def _owner(settings: Settings) -> tuple[str, str | None]:
    """A token for this machine's own programs, and the link for the person who will own it."""
    await database.connect(database_urls(settings, Role.SERVICE, environ={}), size=1)
    try:
        accounts.use_key(tokens.signing_key(settings.home / "secrets" / "signing.key"))
        owner = await accounts.ensure_owner()
        login = await accounts.open_session(owner, label="studio", lasting=timedelta(days=365))
        code = await accounts.create_setup_link()
    finally:
        await database.disconnect()
    return login.token, f"{settings.address}/setup#{code}" if code else None


def _api(settings: Settings, owner_url: str) -> Child:
    return _child(
        "api",
        ["serve"],
        settings,
        role_environment(owner_url, settings, Role.APP, Role.SERVICE),
        ready=lambda: _answers(settings.address + HEALTH),
    )


def _workers(settings: Settings, owner_url: str) -> list[Child]:
    secrets = role_environment(owner_url, settings, Role.WORKER)
    slots = [
        _child(f"worker-cpu{slot}", ["worker", "--slot", str(slot)], settings, secrets)
        for slot in range(settings.workers)
    ]
    cards = [
        _child(f"worker-gpu{gpu.index}", ["worker", "--gpu", gpu.uuid], settings, secrets)
        for gpu in find_gpus()
    ]
    return slots + cards


def _child(
    name: str,
    command: list[str],
    settings: Settings,
    secrets: dict[str, str],
    *,
    ready: Callable[[], object] | None = None,
) -> Child:
    logs = settings.home / "logs"

    async def started() -> bool:
        return True

    plain = msgspec.structs.replace(settings, database_url=None)
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    plugin_settings = {k: v for k, v in os.environ.items() if k.startswith("DIRECTOR_PLUGIN_")}
    return Child(
        name=name,
        argv=[sys.executable, "-m", "app.cli", *command],
        log_path=logs / f"{name}.log",
        ready=ready or started,  # type: ignore[arg-type]
        env={**passed, **plain.environment(), **plugin_settings, **secrets},
        # Whoever runs one worker less still has a studio.
        essential=name == "api",
    )


async def _answers(url: str) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        async with httpx.AsyncClient(timeout=5) as client:
            return (await client.get(url)).status_code in (200, 503)
    return False


def _check_port(settings: Settings) -> None:
    """Say at once that the port is taken, before anything is started."""
    from .api import bind

    bind(settings.host, settings.port).close()


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on now, for a studio that nobody else needs to find."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]
