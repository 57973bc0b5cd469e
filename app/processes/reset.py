"""A way back in for somebody who is locked out: a one-time link, made beside the data folder."""

from __future__ import annotations

import msgspec

from app import accounts
from app.platform import database
from app.platform.database import DatabaseRole
from app.settings import Settings
from node_registry import DirectorError

from .connections import database_urls
from .embedded import EmbeddedPostgres, runtime_folder
from .migrate import migrate
from .secrets import database_passwords
from .studio_lock import StudioLock, is_locked, read_address


async def reset_link(settings: Settings, email: str) -> str:
    """The link for the person with this address. Raises `account.unknown`.

    Works beside a studio that runs. Where none does, its own database is started for the moment.
    """
    address = read_address(settings.home) if is_locked(settings.home) else None
    if settings.database_url is not None:
        code = await _code(settings, email)
    elif is_locked(settings.home):
        postgres = EmbeddedPostgres(settings.home, runtime_folder(settings.home))
        code = await _code(_at(settings, postgres), email)
    else:
        code = await _code_of_stopped(settings, email)
    return f"{address.url if address else settings.address}/reset#{code}"


async def _code_of_stopped(settings: Settings, email: str) -> str:
    if not (settings.home / "postgres").exists():
        raise DirectorError(
            "account.no_studio",
            "There is no studio in the data folder yet, and so nobody to let in.",
            hint="Set DIRECTOR_HOME to the studio's data folder, or start it: director up.",
        )
    # Locked, so that nobody starts a studio on a database that ends in a moment.
    with StudioLock(settings.home):
        postgres = EmbeddedPostgres(settings.home, runtime_folder(settings.home))
        async with postgres:
            known = _at(settings, postgres)
            assert known.database_url is not None
            await migrate(known.database_url, database_passwords(settings.home))
            return await _code(known, email)


def _at(settings: Settings, postgres: EmbeddedPostgres) -> Settings:
    return msgspec.structs.replace(settings, database_url=postgres.url())


async def _code(settings: Settings, email: str) -> str:
    await database.connect(database_urls(settings, DatabaseRole.SERVICE), size=1)
    try:
        return await accounts.create_reset_link(email)
    finally:
        await database.disconnect()
