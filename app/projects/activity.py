"""The feed of a project: who did what, for its members."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from app import accounts
from app.accounts import Actor
from app.platform import bus
from app.platform.database import current_unit, from_json, to_json, unit_of_work
from app.platform.ids import new_id
from app.platform.pagination import Page, PageRequest

from .events import ActivityNoted
from .rights import Right, authorise


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the feed: `kind` is `area.action`, `detail` what it was done to (ids, names)."""

    id: UUID
    at: datetime
    user_id: UUID
    name: str
    kind: str
    detail: dict[str, Any]


async def note_activity(
    project_id: UUID,
    user_id: UUID,
    kind: str,
    *,
    once_in: timedelta | None = None,
    **detail: Any,
) -> None:
    """Write down what somebody did, in the unit of work that does it: both are stored, or neither.

    Everybody who has the project open is told once it is stored. With `once_in`, what the same
    person did to the same thing so shortly before stands for this as well.
    """
    unit = current_unit()
    if once_in is not None and await unit.fetchval(
        """SELECT 1 FROM activity WHERE project_id = $1 AND at > now() - $5::interval
             AND user_id = $2 AND kind = $3 AND detail @> $4::jsonb LIMIT 1""",
        project_id,
        user_id,
        kind,
        to_json(detail),
        once_in,
    ):
        return
    fact = ActivityNoted(
        id=new_id(),
        at=datetime.now(UTC),
        project_id=project_id,
        user_id=user_id,
        kind=kind,
        detail=detail,
    )
    await unit.execute(
        """INSERT INTO activity (id, at, project_id, user_id, kind, detail)
           VALUES ($1, $2, $3, $4, $5, $6::jsonb)""",
        fact.id,
        fact.at,
        project_id,
        user_id,
        kind,
        to_json(detail),
    )
    unit.after_commit(lambda: bus.publish(fact))


async def feed(actor: Actor, project_id: UUID, page: PageRequest) -> Page[Activity]:
    """What happened in a project, newest first."""
    await authorise(actor, project_id, Right.READ)
    async with unit_of_work(actor.user_id) as unit:
        rows = await unit.fetch(
            """SELECT * FROM activity WHERE project_id = $1 AND ($2::uuid IS NULL OR id < $2)
               ORDER BY id DESC LIMIT $3""",
            project_id,
            page.after(UUID),
            page.rows,
        )
    people = await accounts.people([row["user_id"] for row in rows])

    def line(row: asyncpg.Record) -> Activity:
        known = people.get(row["user_id"])
        return Activity(
            id=row["id"],
            at=row["at"],
            user_id=row["user_id"],
            name=known.name if known else "",
            kind=row["kind"],
            detail=from_json(row["detail"]),
        )

    return page.answer(rows, lambda row: row["id"], line)
