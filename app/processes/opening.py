"""What a studio does itself while its servers are up: migrations, the owner's token, its cards.

Nearly all that the studio's own process loads is loaded for this. It is a module of its own, so
that it can be loaded while the servers start.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec

from app import accounts
from app.accounts import tokens
from app.platform import database
from app.platform.database import DatabaseRole
from app.platform.devices import find_gpus
from app.platform.telemetry import get_logger
from app.settings import Settings
from node_registry import DirectorError, Gpu

from .connections import database_urls
from .migrate import migrate
from .secrets import database_passwords

log = get_logger(__name__)

END_WITHIN = 2.0
# What a database that is away, or a full disk, raises.
UNREACHABLE = (*database.CONNECTION_ERRORS, DirectorError)


class Opened(msgspec.Struct, frozen=True):
    """The session of this machine's own programs, the owner's one-time link while there is no
    owner, and the cards that get a worker each."""

    login: accounts.Login
    link: str | None
    gpus: list[Gpu]


async def open_studio(settings: Settings) -> Opened:
    """Bring the database up to date and see who owns the studio; its servers are up."""
    assert settings.database_url is not None
    await migrate(settings.database_url, database_passwords(settings.home))
    async with _service(settings):
        owner = await accounts.ensure_owner()
        login = await accounts.open_studio_session(owner)
        code = await accounts.create_setup_link()
    link = f"{settings.address}/setup#{code}" if code else None
    return Opened(login, link, find_gpus())


@asynccontextmanager
async def session_renewed(
    settings: Settings, login: accounts.Login, publish: Callable[[str], object]
) -> AsyncIterator[None]:
    """Publish a fresh token each day, as none lasts long; end the session when the block ends."""
    renewing = asyncio.create_task(_renew_daily(settings, login, publish))
    try:
        yield
    finally:
        renewing.cancel()
        await asyncio.wait([renewing])
        try:
            async with asyncio.timeout(END_WITHIN), _service(settings):
                await accounts.end_studio_sessions()
        except (TimeoutError, *UNREACHABLE) as error:
            # The next start ends it.
            log.warning("studio.session_not_ended", error=f"{error!r}"[:200])


async def _renew_daily(
    settings: Settings, login: accounts.Login, publish: Callable[[str], object]
) -> None:
    while True:
        await asyncio.sleep(accounts.RENEW_EVERY.total_seconds())
        try:
            async with _service(settings):
                login = await accounts.renew_studio_session(login)
            publish(login.token)
        except UNREACHABLE as error:
            # The token of yesterday is good for some days more.
            log.warning("studio.session_not_renewed", error=f"{error!r}"[:200])


@asynccontextmanager
async def _service(settings: Settings) -> AsyncIterator[None]:
    await database.connect(database_urls(settings, DatabaseRole.SERVICE, environ={}), size=1)
    try:
        accounts.use_key(tokens.signing_key(settings.home / "secrets" / "signing.key"))
        yield
    finally:
        await database.disconnect()
