"""One studio for each data folder: the lock that says so, and the file by which others find it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from node_registry import DirectorError

if TYPE_CHECKING:
    import httpx

LOCK = "studio.lock"
ADDRESS = "studio.json"
HEALTH = "/api/v1/health"
# Whoever only looks whether the lock is held holds it for a moment itself.
GLANCE = 0.5


class StudioAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where a running studio answers, and the token with which its owner speaks to it."""

    url: str
    token: str
    pid: int


class StudioLock:
    """The right to run the studio of `home`; it ends with the process, however that ends.

    with StudioLock(home) as lock:
        ...
        lock.publish("http://127.0.0.1:8700", token)
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self._file: int | None = None

    def acquire(self) -> None:
        """Take it. Raises `studio.already_running`, or `home.not_writable`."""
        if self._file is not None:
            return
        try:
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(self.home / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _not_writable(error) from error
        deadline = time.monotonic() + GLANCE
        while not _try_lock(file, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                holder = os.pread(file, 20, 0).decode(errors="replace").strip()
                os.close(file)
                raise DirectorError(
                    "studio.already_running",
                    "Another studio"
                    + (f" (process {holder})" if holder.isdigit() else "")
                    + " works on this data folder.",
                    hint="Use that one, stop it, or set DIRECTOR_HOME to another folder.",
                    status=409,
                )
            time.sleep(0.02)
        self._file = file
        try:
            os.ftruncate(file, 0)
            os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
            # What a killed studio left behind points nowhere.
            (self.home / ADDRESS).unlink(missing_ok=True)
        except OSError as error:
            self.release()
            raise _not_writable(error) from error

    def publish(self, url: str, token: str) -> StudioAddress:
        """Write where this studio answers, for this user's eyes only. Needs the lock."""
        if self._file is None:
            raise RuntimeError("The address of a studio is published by the holder of its lock.")
        address = StudioAddress(url=url.rstrip("/"), token=token, pid=os.getpid())
        fresh = self.home / f".{ADDRESS}.{os.getpid()}"
        try:
            fresh.unlink(missing_ok=True)
            fresh.touch(mode=0o600)
            fresh.write_bytes(msgspec.json.encode(address))
            fresh.replace(self.home / ADDRESS)
        except OSError as error:
            fresh.unlink(missing_ok=True)
            raise _not_writable(error) from error
        return address

    def release(self) -> None:
        """Give it back, and take the address away."""
        if self._file is None:
            return
        with contextlib.suppress(OSError):
            (self.home / ADDRESS).unlink(missing_ok=True)
        os.close(self._file)
        self._file = None

    def __enter__(self) -> StudioLock:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def is_locked(home: Path) -> bool:
    """Whether a studio works on this data folder now, in whatever state."""
    try:
        file = os.open(home / LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _not_writable(error) from error
    try:
        return not _try_lock(file, fcntl.LOCK_SH)
    finally:
        os.close(file)


def read_address(home: Path) -> StudioAddress | None:
    """What the studio of `home` published last; None when nothing that can be read."""
    try:
        return msgspec.json.decode((home / ADDRESS).read_bytes(), type=StudioAddress)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError:
        return None
    except OSError as error:
        raise _not_writable(error) from error


async def running_studio(home: Path, *, patience: float = 10.0) -> StudioAddress | None:
    """The studio that works on `home` and answers; None when none holds the lock.

    One that is just starting is given `patience` seconds. Raises `studio.silent` when the lock is
    held all that time and nothing answers: a second studio could not start either.
    """
    if not is_locked(home):
        return None
    # Loaded only now: most often there is none, and one is started at once.
    import httpx

    deadline = time.monotonic() + patience
    async with httpx.AsyncClient(trust_env=False, timeout=2.0) as client:
        while is_locked(home):
            address = read_address(home)
            if address is not None and await _answers(client, address):
                return address
            if time.monotonic() > deadline:
                raise DirectorError(
                    "studio.silent",
                    "A studio holds this data folder"
                    + (f" (process {address.pid})" if address else "")
                    + f", but did not answer within {patience:.0f} s.",
                    hint="Wait until it has started, or stop it, and try again.",
                    status=503,
                )
            await asyncio.sleep(0.1)
    return None


async def _answers(client: httpx.AsyncClient, address: StudioAddress) -> bool:
    import httpx

    try:
        answer = await client.get(address.url + HEALTH)
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    # 503 is a studio too: one that says what ails it.
    kind = answer.headers.get("content-type", "")
    return answer.status_code in (200, 503) and "json" in kind


def _try_lock(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            return False
        raise DirectorError(
            "studio.no_locks",
            f"The disk of the data folder knows no locks: {os.strerror(error.errno or 0)}.",
            hint="Set DIRECTOR_HOME to a folder on a disk of this machine.",
            status=503,
        ) from error
    return True


def _not_writable(error: OSError) -> DirectorError:
    return DirectorError(
        "home.not_writable",
        f"The data folder cannot be used: {error.strerror}.",
        hint="Set DIRECTOR_HOME to a folder that you own, on a disk with room.",
        status=503,
    )
