"""What PostgreSQL's last words mean, in sentences that say what to do."""

from __future__ import annotations

import re

from node_registry import DirectorError

_CORRUPT = (
    r"could not (?:locate|find) a valid checkpoint record|invalid (?:primary )?checkpoint record"
    r"|incorrect checksum in control file|could not read file \S*pg_control"
    r"|could not open file \S*(?:pg_control|PG_VERSION|global/|base/|pg_wal)"
    r"|is not a database cluster directory|is missing or corrupt|not a valid data directory"
    r"|PANIC|invalid data in file|is empty|database files are incompatible"
)

# Each row: what the log says, the error's code, what happened, what to do. The first that fits
# wins, so causes stand before what follows from them.
_MEANINGS: tuple[tuple[str, str, str, str], ...] = (
    (
        r"No space left on device|Disk quota exceeded",
        "postgres.disk_full",
        "The disk (or the quota) of the data folder is full: PostgreSQL cannot write.",
        "Free some space (PostgreSQL needs about 100 MB), or move the data folder with "
        "DIRECTOR_HOME. Nothing that was stored is lost.",
    ),
    (
        r"could not (?:create|resize|map|open) (?:anonymous )?shared memory|could not create sem"
        r"|POSIX shared memory",
        "postgres.shared_memory",
        "PostgreSQL did not get the shared memory or the semaphores that it needs.",
        "Give the machine or the container more shared memory (docker run --shm-size=256m).",
    ),
    (
        r"has wrong ownership|must be started by the (?:user|server) |Permission denied",
        "postgres.not_owner",
        "The database in the data folder belongs to another user, or is closed to this one.",
        "Run director as the user who made it, or give the data folder to yourself (chown -R).",
    ),
    (
        r"has group or world access|has invalid permissions",
        "postgres.permissions",
        "The database's folder is open to other users, which PostgreSQL refuses.",
        "Run: chmod -R go-rwx on the folder `postgres` in the data folder.",
    ),
    (
        r"lock file \S+ already exists|Address already in use|is another postmaster"
        r"|pre-existing shared memory block",
        "postgres.in_use",
        "Another PostgreSQL uses this data folder or its socket.",
        "Stop the other studio, or give this one a data folder of its own (DIRECTOR_HOME).",
    ),
    (
        r"Read-only file system",
        "postgres.read_only",
        "The disk of the data folder is mounted read-only.",
        "Set DIRECTOR_HOME to a folder that can be written to.",
    ),
    (
        _CORRUPT,
        "postgres.corrupt",
        "The database in the data folder is damaged: PostgreSQL does not start on it.",
        "Restore a backup of the folder `postgres`. Without one: move it away, and an empty "
        "database is made (the projects' files stay; their canvases are in the moved folder).",
    ),
)


def explain_failure(log: str) -> DirectorError | None:
    """The error that this log tells of, or None when it says nothing known."""
    for pattern, code, message, hint in _MEANINGS:
        seen = re.search(pattern, log)
        if seen:
            line = log[log.rfind("\n", 0, seen.start()) + 1 :].split("\n", 1)[0]
            return DirectorError(code, message, hint=hint, status=503, fields={"log": line[-300:]})
    return None
