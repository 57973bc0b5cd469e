"""Commands of the library: make, change, roll back, remove. The actor comes first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec

from app import projects
from app.accounts import Actor
from app.platform import bus
from app.platform.database import unit_of_work
from app.platform.ids import new_id
from app.projects import Right
from node_registry import AssetKind, DirectorError

from .events import AssetChanged, Change
from .merging import FieldConflict, changed_fields, merge
from .model import Asset, Content, read_content
from .rows import asset_of, content_at, insert_asset, insert_version, raise_version

LONGEST_NOTE = 500
# Who works on an asset for a while changes it once, as far as the feed is concerned.
FEED_PAUSE = timedelta(minutes=10)


async def create(
    actor: Actor,
    project_id: UUID,
    kind: AssetKind,
    values: Mapping[str, Any],
    *,
    note: str = "",
) -> Asset:
    """A new asset of the library. Raises `asset.no_name`, `asset.bad_field`."""
    await projects.authorise(actor, project_id, Right.EDIT)
    content = read_content(kind, values)
    projects.asset_folder(content["name"])
    asset_id = new_id()
    async with unit_of_work(actor.user_id) as unit:
        await unit.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"assets {project_id}"
        )
        await insert_asset(unit, asset_id, project_id, kind, content, actor.user_id)
        given = [name for name in content if name in values]
        await insert_version(
            unit, project_id, asset_id, 1, content, actor.user_id,
            changed=given, note=note[:LONGEST_NOTE],
        )  # fmt: skip
        asset = await asset_of(unit, project_id, asset_id)
        await _note(actor, asset, "created")
    await _tell(actor, asset, "created", given)
    return asset


async def update(
    actor: Actor,
    project_id: UUID,
    asset_id: UUID,
    values: Mapping[str, Any],
    *,
    base_version: int,
    note: str = "",
    on_conflict: Literal["refuse", "overwrite"] = "refuse",
) -> Asset:
    """Change fields of an asset that were looked at as of `base_version`; a new version of it.

    Fields that nobody else changed meanwhile are written. Where somebody did, nothing is stored and
    `asset.conflict` (409) tells both values; with `overwrite` the newer word counts, and the other
    stays in the history. What changes nothing makes no version.
    """
    await projects.authorise(actor, project_id, Right.EDIT)
    async with unit_of_work(actor.user_id) as unit:
        asset = await asset_of(unit, project_id, asset_id, for_change=True)
        base = asset.content
        if base_version != asset.version:
            base = await content_at(unit, asset_id, base_version)
        # Checked in its one form, so that equal values are equal.
        wanted = read_content(asset.kind, {**base, **values})
        wanted = {name: value for name, value in wanted.items() if name in values}
        content, conflicts = merge(base, asset.content, wanted)
        if conflicts and on_conflict == "refuse":
            raise _conflict(asset, conflicts)
        content |= {conflict.field: conflict.yours for conflict in conflicts}
        changed = changed_fields(asset.content, content)
        if not changed:
            return asset
        asset = await _new_version(actor, unit, asset, content, changed, note=note)
    await _tell(actor, asset, "changed", changed)
    return asset


async def follow(
    actor: Actor,
    project_id: UUID,
    asset_id: UUID,
    content: Content,
    *,
    base_version: int,
) -> Asset:
    """Take over what somebody wrote on a node of the canvas that shows an asset.

    As `update`, with the newer word counting: on a canvas nobody can be asked.
    """
    return await update(
        actor, project_id, asset_id, content,
        base_version=base_version, note="Changed on the canvas.", on_conflict="overwrite",
    )  # fmt: skip


async def roll_back(actor: Actor, project_id: UUID, asset_id: UUID, version: int) -> Asset:
    """Bring the content of an earlier version back, as a new version. Raises `asset.no_version`."""
    await projects.authorise(actor, project_id, Right.EDIT)
    async with unit_of_work(actor.user_id) as unit:
        asset = await asset_of(unit, project_id, asset_id, for_change=True)
        content = await content_at(unit, asset_id, version)
        changed = changed_fields(asset.content, content)
        if not changed:
            return asset
        asset = await _new_version(
            actor, unit, asset, content, changed,
            note=f"Rolled back to version {version}.", restored_from=version,
        )  # fmt: skip
    await _tell(actor, asset, "changed", changed)
    return asset


async def remove(actor: Actor, project_id: UUID, asset_id: UUID) -> Asset:
    """Take an asset out of the library. Its versions stay, and so does what the canvas shows."""
    return await _set_removed(actor, project_id, asset_id, removed=True)


async def restore(actor: Actor, project_id: UUID, asset_id: UUID) -> Asset:
    """Put a removed asset back into the library."""
    return await _set_removed(actor, project_id, asset_id, removed=False)


async def _set_removed(actor: Actor, project_id: UUID, asset_id: UUID, *, removed: bool) -> Asset:
    await projects.authorise(actor, project_id, Right.EDIT)
    async with unit_of_work(actor.user_id) as unit:
        asset = await asset_of(unit, project_id, asset_id, for_change=True)
        if (asset.removed_at is not None) == removed:
            return asset
        await unit.execute(
            """UPDATE assets SET removed_at = CASE WHEN $2 THEN now() END, changed_by = $3,
                 changed_at = now() WHERE id = $1""",
            asset_id,
            removed,
            actor.user_id,
        )
        asset = await asset_of(unit, project_id, asset_id)
        await _note(actor, asset, "removed" if removed else "restored")
    await _tell(actor, asset, "removed" if removed else "restored", [])
    return asset


async def _new_version(
    actor: Actor,
    unit: Any,
    asset: Asset,
    content: Content,
    changed: list[str],
    *,
    note: str,
    restored_from: int | None = None,
) -> Asset:
    version = asset.version + 1
    await insert_version(
        unit, asset.project_id, asset.id, version, content, actor.user_id,
        changed=changed, note=note[:LONGEST_NOTE], restored_from=restored_from,
    )  # fmt: skip
    await raise_version(unit, asset, content, version, actor.user_id)
    await _note(actor, asset, "changed", once_in=FEED_PAUSE)
    return await asset_of(unit, asset.project_id, asset.id)


async def _note(
    actor: Actor, asset: Asset, action: str, *, once_in: timedelta | None = None
) -> None:
    """Write an action into the project's feed, in the unit of work that does it."""
    await projects.note_activity(
        asset.project_id,
        actor.user_id,
        f"asset.{action}",
        once_in=once_in,
        asset_id=asset.id,
        name=asset.name,
        asset_kind=asset.kind,
    )


async def _tell(actor: Actor, asset: Asset, change: Change, fields: list[str]) -> None:
    await bus.publish(
        AssetChanged(
            project_id=asset.project_id,
            asset_id=asset.id,
            kind=asset.kind,
            version=asset.version,
            change=change,
            user_id=actor.user_id,
            fields=tuple(fields),
        )
    )


def _conflict(asset: Asset, conflicts: list[FieldConflict]) -> DirectorError:
    names = ", ".join(conflict.field.replace("_", " ") for conflict in conflicts)
    return DirectorError(
        "asset.conflict",
        f"Somebody else changed {names} of {asset.name[:80]} meanwhile.",
        hint=f"Look at both, then save on version {asset.version}.",
        status=409,
        fields={
            "version": asset.version,
            "by": str(asset.changed_by),
            "conflicts": msgspec.to_builtins(conflicts),
        },
    )
