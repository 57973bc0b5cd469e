"""Approval: of takes, one by one; and of the assets that a costly run uses, before it begins."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

from app import assets, projects
from app.accounts import Actor
from app.collaboration import assets_above
from app.platform import bus
from app.platform.database import unit_of_work
from app.platform.pagination import Page, PageRequest
from app.projects import Right
from node_registry import DirectorError, Tier

from .events import TakeReviewed
from .planning import Planned
from .takes import take_of

ReviewState = Literal["pending", "approved", "rejected"]
LONGEST_COMMENT = 4000


class TakeReview(msgspec.Struct, kw_only=True):
    """What was decided about a take: by whom, when, and why. Nobody decided a `pending` one."""

    take_id: UUID
    state: ReviewState = "pending"
    by: UUID | None = None
    at: datetime | None = None
    comment: str = ""


async def review_take(
    actor: Actor, take_id: UUID, state: ReviewState, comment: str = ""
) -> TakeReview:
    """Approve or reject a take, or take that back (`pending`). The take itself never changes."""
    async with unit_of_work(actor.user_id):
        take = await take_of(take_id)
    await projects.authorise(actor, take.project_id, Right.APPROVE)
    async with unit_of_work(actor.user_id) as unit:
        row = await unit.fetchrow(
            """INSERT INTO take_reviews (take_id, project_id, state, decided_by, comment)
               VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (take_id) DO UPDATE SET state = excluded.state, decided_at = now(),
                 decided_by = excluded.decided_by, comment = excluded.comment
               RETURNING *""",
            take_id,
            take.project_id,
            state,
            actor.user_id,
            comment[:LONGEST_COMMENT],
        )
    assert row is not None
    await bus.publish(
        TakeReviewed(
            project_id=take.project_id,
            take_id=take_id,
            number=take.number,
            state=state,
            user_id=actor.user_id,
        )
    )
    return _review(row)


async def review_of(actor: Actor, take_id: UUID) -> TakeReview:
    """What was decided about a take. Raises `take.not_found`."""
    async with unit_of_work(actor.user_id) as unit:
        await take_of(take_id)
        row = await unit.fetchrow("SELECT * FROM take_reviews WHERE take_id = $1", take_id)
    return TakeReview(take_id=take_id) if row is None else _review(row)


async def list_reviews(actor: Actor, project_id: UUID, page: PageRequest) -> Page[TakeReview]:
    """What was decided about the takes of a project; those of which nothing was are left out."""
    await projects.authorise(actor, project_id, Right.READ)
    async with unit_of_work(actor.user_id) as unit:
        rows = await unit.fetch(
            """SELECT * FROM take_reviews WHERE project_id = $1
                 AND ($2::uuid IS NULL OR take_id > $2) ORDER BY take_id LIMIT $3""",
            project_id,
            page.after(UUID),
            page.rows,
        )
    return page.answer(rows, lambda row: row["take_id"], _review)


async def check_approvals(project_id: UUID, planned: Planned) -> None:
    """Refuse a plan that would run at a tier for which the project demands approved assets.

    Part of the caller's unit of work. Raises `run.assets_not_approved`, naming those that are
    missing. Only what would begin now is asked for: no run that was begun is ever stopped by this.
    """
    by_tier: dict[Tier, list[str]] = {}
    for step in planned.plan.to_run:
        if step.kind == "task":
            by_tier.setdefault(step.tier, []).append(step.node_id)
    missing: dict[tuple[UUID, int], assets.MissingApproval] = {}
    for tier, node_ids in by_tier.items():
        used = assets_above(planned.graph, node_ids)
        for one in await assets.missing_approvals(project_id, tier, used):
            missing[one.asset_id, one.version] = one
    if not missing:
        return
    names = ", ".join(f"{one.name[:80]} (version {one.version})" for one in missing.values())
    raise DirectorError(
        "run.assets_not_approved",
        f"The project wants assets to be approved before this is made: {names}.",
        hint="Approve them in the library, choose a lower quality, or ask the project's owner to "
        "demand less.",
        status=409,
        fields={"assets": msgspec.to_builtins(list(missing.values()))},
    )


def _review(row: asyncpg.Record) -> TakeReview:
    return TakeReview(
        take_id=row["take_id"],
        state=row["state"],
        by=row["decided_by"],
        at=row["decided_at"],
        comment=row["comment"],
    )
