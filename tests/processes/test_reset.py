"""`director users reset` on a data folder: beside a studio that runs, and where none does."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from app import accounts
from app.platform import database
from app.platform.database import DatabaseRole
from app.processes.connections import database_urls
from app.processes.embedded import EmbeddedPostgres, runtime_folder
from app.processes.migrate import migrate
from app.processes.reset import reset_link
from app.processes.secrets import database_passwords
from app.processes.studio_lock import StudioLock
from app.settings import Settings
from node_registry import DirectorError

EMAIL = "ina@example.org"
FRESH = "four candles in a boat"


async def test_a_link_is_made_for_a_stopped_studio_and_for_a_running_one(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", port=8790)
    postgres = EmbeddedPostgres(settings.home, runtime_folder(settings.home))
    async with postgres:
        await migrate(postgres.url(), database_passwords(settings.home))
        await _register(settings, postgres)

    link = await reset_link(settings, EMAIL)
    assert link.startswith("http://127.0.0.1:8790/reset#")
    assert postgres.pid is None

    with StudioLock(settings.home) as lock:
        lock.publish("http://127.0.0.1:8791", "token")
        async with EmbeddedPostgres(settings.home, runtime_folder(settings.home)) as running:
            link = await reset_link(settings, EMAIL)
            assert link.startswith("http://127.0.0.1:8791/reset#")
            await _use(settings, running, link.partition("#")[2])


async def test_where_there_is_no_studio_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(DirectorError) as refused:
        await reset_link(Settings(home=tmp_path / "none"), EMAIL)
    assert refused.value.code == "account.no_studio"
    assert not (tmp_path / "none").exists()


async def _register(settings: Settings, postgres: EmbeddedPostgres) -> None:
    await _connect(settings, postgres)
    try:
        accounts.use_key(b"k" * 32)
        await accounts.register(EMAIL, "a lamp behind the fog", "Ina")
    finally:
        await database.disconnect()


async def _use(settings: Settings, postgres: EmbeddedPostgres, code: str) -> None:
    await _connect(settings, postgres)
    try:
        accounts.use_key(b"k" * 32)
        assert (await accounts.reset_password(code, FRESH)).actor.email == EMAIL
    finally:
        await database.disconnect()


async def _connect(settings: Settings, postgres: EmbeddedPostgres) -> None:
    known = msgspec.structs.replace(settings, database_url=postgres.url())
    await database.connect(database_urls(known, DatabaseRole.SERVICE, environ={}), size=2)
