"""What it means when a disk takes no more, and the floor of free space under which none is used."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import asyncpg
import msgspec

from node_registry import DirectorError

# Full, over a quota, read-only, or beyond the largest file that is allowed.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)
FULL = "disk.full"


class DiskFloor(msgspec.Struct, frozen=True):
    """The disk of `folder`, of which `bytes` stay free: the database and the logs need them."""

    folder: Path
    bytes: int

    def free(self) -> int:
        """Bytes above the floor; below zero when it is undercut. Looks at the disk: may block."""
        there = self.folder
        while not there.exists() and there != there.parent:
            there = there.parent
        return shutil.disk_usage(there).free - self.bytes

    def check(self, size: int = 0) -> None:
        """Raises `disk.full` (507) when there is no room for `size` bytes more above the floor."""
        free = self.free()
        if free >= size and free > 0:
            return
        wanted = f" for {size:,} bytes more" if size else ""
        raise DirectorError(
            FULL,
            f"The studio's disk has no room{wanted}: {max(0, free + self.bytes):,} bytes are free, "
            f"and {self.bytes:,} of them are kept free.",
            hint="Make room (`director gc` removes what nothing names), move the data folder "
            "(DIRECTOR_HOME) to a larger disk, or lower DIRECTOR_DISK_FLOOR_GB.",
            status=507,
            fields={"free": max(0, free + self.bytes), "floor": self.bytes},
        )


def no_room(error: BaseException) -> DirectorError | None:
    """The error for people when a write failed for want of room, else None."""
    if isinstance(error, asyncpg.DiskFullError):
        what = "The disk of the studio's database is full: it could not store this."
    elif isinstance(error, OSError) and error.errno in NO_ROOM:
        what = f"A file could not be written: {error.strerror}."
    else:
        return None
    return DirectorError(
        FULL,
        what,
        hint="Make room, or move the data folder (DIRECTOR_HOME) to a larger disk; then start "
        "again: what was made is kept.",
        status=507,
    )
