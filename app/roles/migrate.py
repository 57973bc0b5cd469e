"""Brings a database up to date: the four roles, then each domain's migrations, by one runner."""

from __future__ import annotations

import contextlib
import io
import os

import asyncpg
from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
from piccolo.apps.migrations.tables import Migration
from piccolo.conf.apps import AppConfig

from app.platform import database
from app.platform.database import ENGINE, Role, unit_of_work
from app.platform.resources import shipped
from node_registry import DirectorError

# The order in which the domains' tables refer to each other.
DOMAINS = ("accounts", "projects", "media", "collaboration", "scheduling", "execution")
LOCK = 7_210_044_611


async def migrate(owner_url: str, passwords: dict[Role, str]) -> list[str]:
    """Make the roles and run what migrations have not run yet; returns their ids.

    Safe to run twice, and at the same time by two processes. Raises `database.migration_failed`
    with the migration's name; what the failed one did is undone.
    """
    await database.connect({Role.OWNER: owner_url}, size=1)
    try:
        async with unit_of_work(role=Role.OWNER) as unit:
            await unit.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
            for role, password in passwords.items():
                await _ensure_role(unit, role, password)
            return await _run_all()
    finally:
        await database.disconnect()


def domain_configs() -> list[AppConfig]:
    """The domains that have tables, as Piccolo describes them."""
    return [
        AppConfig(
            app_name=domain,
            migrations_folder_path=str(shipped("migrations") / domain),
            table_classes=[],
        )
        for domain in DOMAINS
    ]


async def _ensure_role(unit: database.UnitOfWork, role: Role, password: str) -> None:
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
    # Piccolo finds its engine by this module's name.
    os.environ["PICCOLO_CONF"] = "app.roles.piccolo_conf"
    Migration._meta.db = ENGINE
    await Migration.create_table(if_not_exists=True)
    for config in domain_configs():
        domain = config.app_name
        before = set(await Migration.get_migrations_which_ran(app_name=domain))
        manager = ForwardsMigrationManager(app_name=domain)
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                result = await manager.run_migrations(config)
        except asyncpg.DiskFullError:
            raise
        except (asyncpg.PostgresError, ImportError) as error:
            raise DirectorError(
                "database.migration_failed",
                f"The migrations of {domain} failed: {error}",
                hint="Nothing of them was kept. Restore a backup, or report this with the text.",
            ) from error
        if not result.success:
            raise DirectorError(
                "database.migration_failed", f"The migrations of {domain}: {result.message}"
            )
        after = await Migration.get_migrations_which_ran(app_name=domain)
        done += [f"{domain} {name}" for name in after if name not in before]
    return done
