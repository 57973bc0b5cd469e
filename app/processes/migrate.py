"""Brings a database up to date: the four roles, then each domain's migrations, by one runner."""

from __future__ import annotations

import contextlib
import importlib.util
import io
from pathlib import Path
from types import ModuleType

import asyncpg
from piccolo import schema, table
from piccolo.apps.migrations.auto import migration_manager
from piccolo.apps.migrations.tables import Migration

from app.platform import database
from app.platform.database import ENGINE, DatabaseRole, unit_of_work
from app.platform.resources import shipped
from node_registry import DirectorError

# The order in which the domains' tables refer to each other.
DOMAINS = (
    "accounts", "projects", "media", "assets", "collaboration", "scheduling", "execution",
    "repositories", "pipelines",
)  # fmt: skip
LOCK = 7_210_044_611


async def migrate(owner_url: str, passwords: dict[DatabaseRole, str]) -> list[str]:
    """Make the roles and run what migrations have not run yet; returns their ids.

    Safe to run twice, and at the same time by two processes. Raises `database.migration_failed`
    with the migration's name; what the failed one did is undone.
    """
    await database.connect({DatabaseRole.OWNER: owner_url}, size=1)
    try:
        async with unit_of_work(role=DatabaseRole.OWNER) as unit:
            await unit.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
            for role, password in passwords.items():
                await _ensure_role(unit, role, password)
            return await _run_all()
    finally:
        await database.disconnect()


async def make_roles(owner_url: str, passwords: dict[DatabaseRole, str]) -> None:
    """Make the roles alone, for a database whose tables come from a backup."""
    await database.connect({DatabaseRole.OWNER: owner_url}, size=1)
    try:
        async with unit_of_work(role=DatabaseRole.OWNER) as unit:
            for role, password in passwords.items():
                await _ensure_role(unit, role, password)
    finally:
        await database.disconnect()


def known_migrations() -> set[str]:
    """All migrations of this release: the domain and the id of each."""
    return {f"{domain} {name}" for domain in DOMAINS for name in _migrations_of(domain)}


async def _ensure_role(unit: database.UnitOfWork, role: DatabaseRole, password: str) -> None:
    name = role.value
    known = await unit.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name)
    literal = await unit.fetchval("SELECT quote_literal($1::text)", password)
    verb = "ALTER" if known else "CREATE"
    try:
        await unit.execute(f"{verb} ROLE {name} LOGIN NOSUPERUSER NOCREATEDB PASSWORD {literal}")
        await unit.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
    except asyncpg.InsufficientPrivilegeError as error:
        raise DirectorError(
            "database.cannot_make_roles",
            f"The user of DIRECTOR_DATABASE_URL may not make the role {name}.",
            hint="Give it CREATEROLE, or let an administrator run `director migrate` once.",
        ) from error


async def _run_all() -> list[str]:
    done: list[str] = []
    # Piccolo's own runner looks for the engine, and for migrations, through a module that loads a
    # code formatter: a tenth of a second of each start, for what is known here.
    for module in (migration_manager, schema, table):
        module.engine_finder = lambda: ENGINE  # type: ignore[attr-defined]
    Migration._meta.db = ENGINE
    await Migration.create_table(if_not_exists=True)
    rows = await Migration.select(Migration.app_name, Migration.name)
    ran = {(row["app_name"], row["name"]) for row in rows}
    for domain in DOMAINS:
        try:
            for name, module in sorted(_migrations_of(domain).items()):
                if (domain, name) not in ran:
                    await _run(domain, name, module)
                    done.append(f"{domain} {name}")
        except asyncpg.DiskFullError:
            raise
        except (asyncpg.PostgresError, ImportError) as error:
            raise DirectorError(
                "database.migration_failed",
                f"The migrations of {domain} failed: {error}",
                hint="Nothing of them was kept. Restore a backup, or report this with the text.",
            ) from error
    return done


async def _run(domain: str, name: str, module: ModuleType) -> None:
    manager = await module.forwards()
    with contextlib.redirect_stdout(io.StringIO()):
        await manager.run()
    await Migration.insert(Migration(name=name, app_name=domain))


def _migrations_of(domain: str) -> dict[str, ModuleType]:
    """The migrations of a domain by their ids, in whose order they run."""
    modules = [_load(path) for path in (shipped("migrations") / domain).glob("*.py")]
    return {module.ID: module for module in modules if hasattr(module, "ID")}


def _load(path: Path) -> ModuleType:
    name = f"migrations.{path.parent.name}.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
