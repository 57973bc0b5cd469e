"""The database's files: made in one step, checked before each start, freed of dead processes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from node_registry import DirectorError

from ..child import bound_to_parent
from .postgres_failures import explain_failure
from .postgres_programs import Programs, as_ordinary_user, plain_environment

# Seconds of patience, and what follows them. SIGINT cancels a backend's query and lets a
# postmaster shut down in good order, which takes as long as its last checkpoint.
LAST_RESORT = ((0.5, signal.SIGINT), (10.0, signal.SIGQUIT), (2.0, signal.SIGKILL))


async def make_cluster(
    data: Path, programs: Programs, owner: str, password: str, *, fsync: bool
) -> None:
    """Make an empty database in `data`: complete, or not at all. Raises `postgres.…` errors."""
    data.parent.mkdir(parents=True, exist_ok=True)
    unfinished = data.with_name(f"{data.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    password_file = data.with_name(f"{data.name}.password")
    try:
        password_file.unlink(missing_ok=True)
        password_file.touch(mode=0o600)
        password_file.write_text(password)
        argv = [
            programs.initdb,
            *("-D", str(unfinished), "-U", owner, f"--pwfile={password_file}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions"),
        ]
        if programs.version >= 17:
            # Sorted and upper-cased as Unicode says, on every machine alike.
            argv += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not fsync:
            argv.append("--no-sync")
        elif programs.version >= 17 and sys.platform == "linux":
            # As safe as one fsync for each of a thousand files, and takes a tenth of the time.
            argv.append("--sync-method=syncfs")
        status, text = await _run(argv)
        if status != 0:
            raise explain_failure(text) or DirectorError(
                "postgres.not_made",
                f"The database could not be made: {text.splitlines()[-1] if text else 'no word'}",
                hint="Run `director doctor`.",
                status=503,
            )
        unfinished.rename(data)
    except OSError as error:
        raise explain_failure(os.strerror(error.errno or 0)) or DirectorError(
            "postgres.not_made",
            f"The database's folder could not be made: {error.strerror}.",
            hint="Set DIRECTOR_HOME to a folder that you own, on a disk with room.",
            status=503,
        ) from error
    finally:
        password_file.unlink(missing_ok=True)
        shutil.rmtree(unfinished, ignore_errors=True)


def check_cluster(data: Path, programs: Programs) -> None:
    """Raise a `postgres.…` error when these programs cannot serve these files."""
    try:
        owner = data.stat().st_uid
        text = (data / "PG_VERSION").read_text().strip()
    except PermissionError:
        owner, text = -1, ""
    except OSError:
        owner, text = os.getuid(), ""
    if owner != os.getuid():
        raise explain_failure("Permission denied") or AssertionError
    if not text.isdigit():
        raise explain_failure("PG_VERSION is missing or corrupt") or AssertionError
    if int(text) != programs.version:
        newer = int(text) > programs.version
        raise DirectorError(
            "postgres.other_version",
            f"The database in the data folder is of PostgreSQL {text}; "
            f"this machine has PostgreSQL {programs.version}.",
            hint="Install the newer release of Movie Director again that made it."
            if newer
            else f"Dump it with PostgreSQL {text} (pg_dumpall), move the folder `postgres` away, "
            f"start the studio once, and load the dump; or use pg_upgrade.",
            status=503,
        )


async def set_password(data: Path, programs: Programs, owner: str, password: str) -> None:
    """Give the owner a new password while the server is down, when the old one is lost."""
    literal = password.replace("'", "''")
    status, text = await _run(
        [programs.postgres, "--single", "-D", str(data), "postgres"],
        f"ALTER ROLE {owner} PASSWORD '{literal}'\n",
    )
    if status != 0 or "ERROR" in text:
        raise explain_failure(text) or DirectorError(
            "postgres.password_lost",
            "The password of the studio's own database is lost and could not be set again.",
            hint="Restore the folder `secrets` of the data folder from a backup.",
            status=503,
        )


async def _run(argv: Sequence[str], words: str = "") -> tuple[int, str]:
    """Run one of PostgreSQL's programs to its end: its status, and what it said."""
    process = await asyncio.create_subprocess_exec(
        *bound_to_parent(as_ordinary_user(argv), signal.SIGKILL),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=plain_environment(),
    )
    try:
        output, _ = await process.communicate(words.encode())
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    assert process.returncode is not None
    return process.returncode, output.decode(errors="replace").strip()


async def clear_dead(data: Path) -> None:
    """End what an earlier server left running on these files, and remove its lock file.

    The caller holds the studio's lock, so whatever still works here is a dead studio's. Backends
    notice the death of their postmaster themselves, but not in the middle of a long computation.
    """
    for patience, last_resort in LAST_RESORT:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            left = processes_in(data)
            if not left:
                (data / "postmaster.pid").unlink(missing_ok=True)
                return
            await asyncio.sleep(0.02)
        for pid in processes_in(data):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, last_resort)
    await asyncio.sleep(0.1)
    if processes_in(data):
        raise explain_failure("pre-existing shared memory block") or AssertionError
    (data / "postmaster.pid").unlink(missing_ok=True)


def processes_in(data: Path) -> list[int]:
    """The processes of a server on these files: each of them works in that folder."""
    here = os.path.realpath(data)
    if not os.path.isdir("/proc/self"):
        return _postmaster_only(data)
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            # A process may end while we look, or be somebody else's.
            with contextlib.suppress(OSError):
                if os.readlink(f"/proc/{name}/cwd") == here:
                    found.append(int(name))
    return found


def _postmaster_only(data: Path) -> list[int]:
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, 0)
    except (OSError, ValueError, IndexError):
        return []
    return [pid]
