"""While a backup copies what the database names, nothing that it names may be removed.

A backup holds an advisory lock of the database for as long as it copies; what removes stored bytes
and folders asks for a share of it first.
"""

from __future__ import annotations

from .database import current_unit

BACKUP_LOCK = 7_210_044_612


async def backup_runs() -> bool:
    """Whether a backup copies just now. If not, none begins before this unit of work ends."""
    sql = "SELECT pg_try_advisory_xact_lock_shared($1)"
    return not await current_unit().fetchval(sql, BACKUP_LOCK)
