"""What a studio does itself once its servers are up: migrations, the owner's token, its cards.

Nearly all that the studio's own process loads is loaded for this. It is a module of its own, so
that it can be loaded while the servers start.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from app import accounts
from app.accounts import tokens
from app.platform import database
from app.platform.database import DatabaseRole
from app.platform.devices import find_gpus
from app.settings import Settings
from node_registry import Gpu

from .connections import database_urls
from .migrate import migrate
from .secrets import database_passwords


class Opened(msgspec.Struct, frozen=True):
    """The token of this machine's own programs, the owner's one-time link while there is no
    owner, and the cards that get a worker each."""

    token: str
    link: str | None
    gpus: list[Gpu]


async def open_studio(settings: Settings) -> Opened:
    """Bring the database up to date and see who owns the studio; its servers are up."""
    assert settings.database_url is not None
    await migrate(settings.database_url, database_passwords(settings.home))
    await database.connect(database_urls(settings, DatabaseRole.SERVICE, environ={}), size=1)
    try:
        accounts.use_key(tokens.signing_key(settings.home / "secrets" / "signing.key"))
        owner = await accounts.ensure_owner()
        login = await accounts.open_session(
            owner, label="studio", lasting=timedelta(days=365), of_studio=True
        )
        code = await accounts.create_setup_link()
    finally:
        await database.disconnect()
    link = f"{settings.address}/setup#{code}" if code else None
    return Opened(login.token, link, find_gpus())
