"""The studio's own secrets: files with mode 0600 in its data folder, made at first start."""

from __future__ import annotations

import os
import secrets as random
from pathlib import Path

from app.platform.database_role import DatabaseRole
from node_registry import DirectorError


def secret(home: Path, name: str) -> str:
    """The secret of this name; made when there is none yet. Raises `home.not_writable`."""
    folder = home / "secrets"
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            fresh = path.with_name(f".{name}.{os.getpid()}")
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(random.token_urlsafe(32))
            try:
                # A link never replaces: of two first starts at once, both get one secret.
                os.link(fresh, path)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise DirectorError(
            "home.not_writable",
            f"The studio cannot keep its secrets in its data folder: {error.strerror}.",
            hint="Set DIRECTOR_HOME to a folder that you own, on a disk with room.",
            status=503,
        ) from error


def database_passwords(home: Path) -> dict[DatabaseRole, str]:
    """The passwords of the PostgreSQL roles that run the studio."""
    return {
        role: secret(home, f"postgres-{role.value}")
        for role in (DatabaseRole.APP, DatabaseRole.SERVICE, DatabaseRole.WORKER)
    }
