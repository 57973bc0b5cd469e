"""The addresses of PostgreSQL and Redis for one process: only the roles that it needs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import quote, urlsplit, urlunsplit

from app.platform.database_role import DatabaseRole
from app.settings import Settings
from node_registry import DirectorError

from .secrets import database_passwords


def database_urls(
    settings: Settings, *roles: DatabaseRole, environ: Mapping[str, str] | None = None
) -> dict[DatabaseRole, str]:
    """The URL of each role: `DIRECTOR_DATABASE_<ROLE>_URL`, or made from the owner's.

    A process that `director up` starts gets the former, and never the owner's. Raises
    `database.not_configured`.
    """
    environ = os.environ if environ is None else environ
    urls: dict[DatabaseRole, str] = {}
    for role in roles:
        given = environ.get(_variable(role))
        if given:
            urls[role] = given
        elif settings.database_url:
            password = database_passwords(settings.home)[role]
            urls[role] = database_role_url(settings.database_url, role, password)
        else:
            raise DirectorError(
                "database.not_configured",
                "There is no database to connect to.",
                hint="Start everything with `director up`, or set DIRECTOR_DATABASE_URL.",
            )
    return urls


def redis_url(settings: Settings) -> str:
    """The URL of Redis. Raises `redis.not_configured`."""
    if not settings.redis_url:
        raise DirectorError(
            "redis.not_configured",
            "There is no Redis to connect to.",
            hint="Start everything with `director up`, or set DIRECTOR_REDIS_URL.",
        )
    return settings.redis_url


def database_environment(
    owner_url: str, settings: Settings, *roles: DatabaseRole
) -> dict[str, str]:
    """What a child process gets, so that it knows these roles' passwords and no other's."""
    passwords = database_passwords(settings.home)
    return {_variable(role): database_role_url(owner_url, role, passwords[role]) for role in roles}


def database_role_url(owner_url: str, role: DatabaseRole, password: str) -> str:
    """The owner's URL with another role's name and password in it."""
    parts = urlsplit(owner_url)
    host = parts.netloc.rsplit("@", 1)[-1]
    return urlunsplit(parts._replace(netloc=f"{role.value}:{quote(password, safe='')}@{host}"))


def _variable(role: DatabaseRole) -> str:
    return f"DIRECTOR_DATABASE_{role.name}_URL"
