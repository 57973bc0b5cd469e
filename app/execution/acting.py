"""For whom the system acts when it ends what somebody began."""

from __future__ import annotations

from uuid import UUID

from app import accounts


async def acting_for(user_id: UUID) -> accounts.Actor:
    """The system, for who asked for something, also when they have left meanwhile."""
    found = (await accounts.people([user_id])).get(user_id)
    return found.as_system() if found else accounts.SystemActor(user_id)
