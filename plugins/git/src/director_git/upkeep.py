"""Keeping a repository small: packing what lies about, removing what nothing has reached for long.

A deleted branch is kept under a hidden name for the same time: what somebody still works on, or
wants back, is there. Nothing is removed that any ref, reflog or index reaches.
"""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from uuid import uuid4

from .locks import writing
from .named_media import named_media
from .program import git

DELETED = "refs/director/deleted/"
LOOSE, PACKS = 200, 10
"""From so many loose objects, or packs, on it is worth packing them."""

# One thread and little memory: somebody works while this runs.
_MODEST = (
    "-c", "pack.threads=1", "-c", "pack.windowMemory=64m", "-c", "pack.deltaCacheSize=32m",
    "-c", "pack.packSizeLimit=0", "-c", "gc.cruftPacks=false", "-c", "core.bigFileThreshold=8m",
)  # fmt: skip
_MEDIA = re.compile(r"[0-9a-f]{64}")


def deletion(ref: str, tip: str) -> str:
    """The lines for `git update-ref --stdin` that delete a branch and keep its commits a while."""
    kept = f"{DELETED}{int(time.time())}-{uuid4().hex}"
    return f"create {kept} {tip}\ndelete {ref} {tip}\n"


async def tidy(folder: Path, keep: timedelta) -> int | None:
    """Pack a repository and remove what has been unreachable for longer than `keep`.

    How many bytes were freed; None when there was too little to gain.
    """
    before = datetime.now(UTC) - keep
    expired, scattered = await asyncio.to_thread(_look, folder / ".git", before)
    if not expired and not scattered:
        return None
    # Nobody commits meanwhile: a new commit may count on an object that is about to go.
    async with writing(folder):
        size = await _size(folder)
        if expired:
            lines = "".join(f"delete {ref}\n" for ref in expired)
            await git(folder, "update-ref", "--stdin", feed=lines.encode())
        prune = f"--prune={before:%Y-%m-%dT%H:%M:%SZ}"
        await git(folder, *_MODEST, "gc", "--quiet", "--force", prune)
        named = await named_media(folder)
        freed = await asyncio.to_thread(_remove_media, folder, named, before)
        return max(0, size - await _size(folder)) + freed


def _look(repository: Path, before: datetime) -> tuple[list[str], bool]:
    """The hidden refs of branches that were deleted before this time, and whether there is much to
    be packed. Without a process: nearly always there is nothing to do."""
    names = [path.name for path in (repository / DELETED).glob("*")]
    with suppress(FileNotFoundError):
        lines = (repository / "packed-refs").read_text("utf-8", "replace").splitlines()
        names += [line.rpartition(DELETED)[2] for line in lines if f" {DELETED}" in line]
    expired = [
        f"{DELETED}{name}"
        for name in dict.fromkeys(names)
        if (at := re.fullmatch(r"(\d{1,12})-[0-9a-f]{32}", name))
        and int(at[1]) < before.timestamp()
    ]
    loose = sum(1 for _ in islice((repository / "objects").glob("[0-9a-f][0-9a-f]/*"), LOOSE))
    packs = sum(1 for _ in (repository / "objects" / "pack").glob("*.pack"))
    return expired, loose >= LOOSE or packs >= PACKS


async def _size(folder: Path) -> int:
    counted = await _count(folder)
    return 1024 * (counted["size"] + counted["size-pack"])


async def _count(folder: Path) -> dict[str, int]:
    printed = await git(folder, "count-objects", "-v")
    pairs = (line.split(": ", 1) for line in printed.decode().splitlines() if ": " in line)
    return {name: int(value) for name, value in pairs if value.isdecimal()}


def _remove_media(folder: Path, named: set[str], before: datetime) -> int:
    """Remove the second names of media that no commit names any more; how many bytes that frees
    where they were copies."""
    freed = 0
    for path in (folder / ".git" / "lfs" / "objects").glob("*/*/*"):
        if path.is_symlink() or not _MEDIA.fullmatch(path.name) or path.name in named:
            continue
        known = path.stat()
        # The bytes may be old, and this name of them new.
        if known.st_ctime < before.timestamp():
            path.unlink(missing_ok=True)
            freed += known.st_size if known.st_nlink == 1 else 0
    return freed
