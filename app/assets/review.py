"""Approval: each version is pending, approved or rejected; and what a project demands of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal
from uuid import UUID

import msgspec

from app import projects
from app.accounts import Actor
from app.platform import bus
from app.platform.database import current_unit, unit_of_work
from app.projects import Right
from node_registry import AssetKind, Tier

from .events import AssetChanged
from .model import ApprovalState, AssetVersion
from .rows import asset_of, no_version, to_version

LONGEST_COMMENT = 4000
TIERS: tuple[Tier, ...] = ("low", "standard", "high")


class AssetPolicy(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """From this tier on a run needs approved assets; null: never."""

    approval_from: Literal["low", "standard", "high"] | None = None

    def demands(self, tier: Tier) -> bool:
        """Whether a run at this tier needs approved assets."""
        return self.approval_from is not None and TIERS.index(tier) >= TIERS.index(
            self.approval_from
        )


class MissingApproval(msgspec.Struct, frozen=True, kw_only=True):
    """An asset that a run uses at a version which is not approved."""

    asset_id: UUID
    kind: AssetKind
    name: str
    version: int
    state: ApprovalState


async def decide(
    actor: Actor,
    project_id: UUID,
    asset_id: UUID,
    version: int,
    state: ApprovalState,
    comment: str = "",
) -> AssetVersion:
    """Approve or reject a version, or take that back (`pending`). Raises `asset.no_version`."""
    await projects.authorise(actor, project_id, Right.APPROVE)
    async with unit_of_work(actor.user_id) as unit:
        asset = await asset_of(unit, project_id, asset_id)
        row = await unit.fetchrow(
            """UPDATE asset_versions SET approval = $3, decided_by = $4, decided_at = now(),
                 comment = $5 WHERE asset_id = $1 AND version = $2 RETURNING *""",
            asset_id,
            version,
            state,
            actor.user_id,
            comment[:LONGEST_COMMENT],
        )
        if row is None:
            raise no_version(version)
        await projects.note_activity(
            project_id,
            actor.user_id,
            f"asset.{state}",
            asset_id=asset_id,
            name=asset.name,
            asset_kind=asset.kind,
            version=version,
        )
    await bus.publish(
        AssetChanged(
            project_id=project_id,
            asset_id=asset_id,
            kind=asset.kind,
            version=version,
            change="decided",
            user_id=actor.user_id,
        )
    )
    return to_version(row)


async def policy_of(actor: Actor, project_id: UUID) -> AssetPolicy:
    """What a project demands."""
    await projects.authorise(actor, project_id, Right.READ)
    async with unit_of_work(actor.user_id):
        return await read_policy(project_id)


async def set_policy(actor: Actor, project_id: UUID, policy: AssetPolicy) -> AssetPolicy:
    """Demand approved assets from a tier on, or no longer. Runs that have begun go on."""
    await projects.authorise(actor, project_id, Right.MANAGE)
    async with unit_of_work(actor.user_id) as unit:
        if policy.approval_from is None:
            await unit.execute("DELETE FROM asset_policies WHERE project_id = $1", project_id)
        else:
            await unit.execute(
                """INSERT INTO asset_policies (project_id, approval_from) VALUES ($1, $2)
                   ON CONFLICT (project_id) DO UPDATE SET approval_from = excluded.approval_from""",
                project_id,
                policy.approval_from,
            )
    return policy


async def missing_approvals(
    project_id: UUID, tier: Tier, used: Collection[tuple[UUID, int]]
) -> list[MissingApproval]:
    """Of the assets that a run at this tier uses, those that the project demands to be approved
    first. Part of the caller's unit of work."""
    if not used or not (await read_policy(project_id)).demands(tier):
        return []
    rows = await current_unit().fetch(
        """SELECT DISTINCT a.id, a.kind, a.name, v.version, v.approval
           FROM unnest($2::uuid[], $3::integer[]) AS u(asset, version)
           JOIN assets a ON a.id = u.asset AND a.project_id = $1
           JOIN asset_versions v ON v.asset_id = a.id AND v.version = u.version
           WHERE v.approval <> 'approved' ORDER BY a.name, v.version""",
        project_id,
        [asset_id for asset_id, _ in used],
        [version for _, version in used],
    )
    return [
        MissingApproval(
            asset_id=row["id"],
            kind=row["kind"],
            name=row["name"],
            version=row["version"],
            state=row["approval"],
        )
        for row in rows
    ]


async def read_policy(project_id: UUID) -> AssetPolicy:
    """What a project demands. Part of the caller's unit of work."""
    tier = await current_unit().fetchval(
        "SELECT approval_from FROM asset_policies WHERE project_id = $1", project_id
    )
    return AssetPolicy(approval_from=tier)
