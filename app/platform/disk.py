"""What it means when a disk takes no more: one error, wherever it is met."""

from __future__ import annotations

import errno

import asyncpg

from node_registry import DirectorError

# Full, over a quota, read-only, or beyond the largest file that is allowed.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)


def no_room(error: BaseException) -> DirectorError | None:
    """The error for people when a write failed for want of room, else None."""
    if isinstance(error, asyncpg.DiskFullError):
        what = "The disk of the studio's database is full: it could not store this."
    elif isinstance(error, OSError) and error.errno in NO_ROOM:
        what = f"A file could not be written: {error.strerror}."
    else:
        return None
    return DirectorError(
        "disk.full",
        what,
        hint="Make room, or move the data folder (DIRECTOR_HOME) to a larger disk; then start "
        "again: what was made is kept.",
        status=507,
    )
