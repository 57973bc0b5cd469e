"""What the studio needs of the machine: Python, a folder, room on the disk, a clock."""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from app.platform.blocking import run_blocking
from node_registry import Health

OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 13)
GIGABYTE = 1_000_000_000
# A minute of finished film with its takes and mezzanines takes about 100 MB at 720p.
ROOM_TO_START, ROOM_TO_WORK = 1 * GIGABYTE, 10 * GIGABYTE


async def python() -> Health:
    """The interpreter's version."""
    version = sys.version_info[:2]
    text = f"Python {sys.version.split()[0]}."
    if OLDEST_PYTHON <= version <= NEWEST_PYTHON:
        return Health(state="ok", message=text)
    return Health(
        state="degraded",
        message=f"{text} The studio is tested with 3.11 to 3.13.",
        remedy="Install Python 3.13 and set it up again: uv sync --python 3.13.",
    )


async def home(folder: Path) -> Health:
    """Whether the data folder takes files, hard links and locks."""
    return await run_blocking(_home, folder)


def _home(folder: Path) -> Health:
    place = _existing(folder)
    own = place == folder
    remedy = "Set DIRECTOR_HOME to a folder that you own, on a disk of this machine."
    try:
        with tempfile.TemporaryDirectory(prefix=".doctor-", dir=place) as trial:
            first = Path(trial) / "first"
            first.write_bytes(b"0" * 4096)
            with first.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            try:
                os.link(first, Path(trial) / "second")
            except OSError:
                return Health(
                    state="degraded",
                    message="The disk of the data folder knows no hard links: "
                    "each take is stored twice, in the store and in its project.",
                    remedy=remedy,
                )
    except OSError as error:
        return Health(
            state="failed",
            message=f"The data folder cannot be written to: {error.strerror}.",
            remedy=remedy,
        )
    if not own:
        return Health(state="ok", message="Made at the first start; its place can be written to.")
    if folder.stat().st_uid != os.getuid():
        return Health(
            state="degraded",
            message="The data folder belongs to another user.",
            remedy="Run director as that user, or give the folder to yourself (chown -R).",
        )
    return Health(state="ok", message="It takes files, hard links and locks.")


async def disk(folder: Path) -> Health:
    """The room on the data folder's disk."""
    place = _existing(folder)
    usage = await run_blocking(shutil.disk_usage, place)
    counts = os.statvfs(place)
    text = f"{usage.free / GIGABYTE:.1f} GB of {usage.total / GIGABYTE:.0f} GB are free."
    remedy = "Free some space, or move the data folder to a larger disk (DIRECTOR_HOME)."
    if usage.free < ROOM_TO_START or (counts.f_files and counts.f_favail < 10_000):
        return Health(state="failed", message=f"{text} No film can be made in that.", remedy=remedy)
    if usage.free < ROOM_TO_WORK:
        return Health(state="degraded", message=f"{text} That fills up soon.", remedy=remedy)
    return Health(state="ok", message=text)


async def clock() -> Health:
    """Whether the clock is behind what it cannot be behind: this program's own files."""
    installed = Path(__file__).stat().st_mtime
    now = time.time()
    text = f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M} UTC."
    # A day of tolerance: archives carry local times.
    if now + 86_400 < installed:
        return Health(
            state="failed",
            message=f"The clock says {text} That is before the studio was installed: "
            "people could not stay logged in.",
            remedy="Set the clock, or switch on time synchronisation (timedatectl set-ntp true).",
        )
    return Health(state="ok", message=text)


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(place for place in (folder, *folder.parents) if place.is_dir())
