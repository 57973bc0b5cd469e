"""Archiving, deleting and restoring projects; and removing for good what nobody wanted back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from app import accounts
from app.accounts import Actor, Scope
from app.platform import bus
from app.platform.backup_lock import backup_runs
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.telemetry import get_logger
from node_registry import DirectorError

from . import scaffold
from .activity import note_activity
from .events import ProjectDeleted
from .folders import folders
from .model import Project
from .rights import Right, authorise

log = get_logger(__name__)


async def archive(actor: Actor, project_id: UUID) -> Project:
    """Put a project away: it leaves the list of active ones, and nothing in it changes any more."""
    return await _set_archived(actor, project_id, archived=True)


async def unarchive(actor: Actor, project_id: UUID) -> Project:
    """Take a project out of the archive."""
    return await _set_archived(actor, project_id, archived=False)


async def _set_archived(actor: Actor, project_id: UUID, *, archived: bool) -> Project:
    project = await authorise(actor, project_id, Right.MANAGE)
    if (project.archived_at is not None) == archived:
        return project
    async with unit_of_work(actor.user_id) as unit:
        await unit.execute(
            "UPDATE projects SET archived_at = CASE WHEN $2 THEN now() END WHERE id = $1",
            project_id,
            archived,
        )
        kind = "project.archived" if archived else "project.unarchived"
        await note_activity(project_id, actor.user_id, kind)
        await accounts.audit(kind, actor.user_id, project_id=project_id)
    return await authorise(actor, project_id, Right.MANAGE)


async def delete(actor: Actor, project_id: UUID) -> None:
    """Delete a project: nobody sees it from now on; its owner can restore it for a time."""
    project = await authorise(actor, project_id, Right.MANAGE)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        # Not found again by what it was made from: that makes a new one.
        await unit.execute(
            """UPDATE projects SET deleted_at = now(), origin = NULL
               WHERE id = $1 AND deleted_at IS NULL""",
            project_id,
        )
        await accounts.audit(
            "project.deleted", actor.user_id, project_id=project_id, title=project.title
        )
    await bus.publish(ProjectDeleted(project_id=project_id, user_id=actor.user_id))


async def restore(actor: Actor, project_id: UUID) -> Project:
    """Bring a deleted project of one's own back. Raises `project.not_found`."""
    actor.demand(Scope.ADMIN)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        restored = await unit.execute(
            """UPDATE projects SET deleted_at = NULL
               WHERE id = $1 AND owner_id = $2 AND deleted_at IS NOT NULL""",
            project_id,
            actor.user_id,
        )
        if not restored:
            raise DirectorError(
                "project.not_found", "You have deleted no such project.", status=404
            )
        await note_activity(project_id, actor.user_id, "project.restored")
        await accounts.audit("project.restored", actor.user_id, project_id=project_id)
    return await authorise(actor, project_id, Right.MANAGE)


async def remove_deleted(grace: timedelta) -> int:
    """Remove for good, with their folders, the projects that were deleted longer ago.

    Their media stay in the store until its own collection finds that nothing names them.
    """
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        if await backup_runs():
            # It copies the folders that its database names; the next hour is as good.
            return 0
        rows = await unit.fetch(
            "SELECT id, folder FROM projects WHERE deleted_at < now() - $1::interval", grace
        )
    removed = 0
    for row in rows:
        # One by one, the rows first: a folder without a row is no project, and found again by no
        # one; a row without its folder would be a broken one.
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            gone = await unit.execute(
                """DELETE FROM projects
                   WHERE id = $1 AND deleted_at < now() - $2::interval""",
                row["id"],
                grace,
            )
            if gone:
                await accounts.audit("project.removed", None, project_id=row["id"])
        if gone:
            await scaffold.remove_folder(folders().workspace, row["folder"])
            removed += 1
            log.info("project.removed", project=str(row["id"]))
    return removed
