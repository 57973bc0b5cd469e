"""Branches of a project: states of it that somebody keeps apart, and merges when they are right.

The live canvas is always that of the branch `main`; the others are what was committed to them.
"""

from __future__ import annotations

from uuid import UUID

from app import collaboration, projects
from app.accounts import Actor
from app.platform.database import unit_of_work
from app.platform.pagination import Page, PageRequest
from app.projects import Right, folders
from node_registry import Branch

KEPT = "The canvas, as it is now"


async def list_branches(actor: Actor, project_id: UUID, page: PageRequest) -> Page[Branch]:
    """The branches of a project, with the newest commit of each."""
    project = await projects.authorise(actor, project_id, Right.READ)
    found = await folders().vcs.branches(projects.folder_of(project))
    return page.of(found, lambda branch: (branch.name,))


async def create(actor: Actor, project_id: UUID, name: str, start: str | None) -> Branch:
    """Make a branch: of the project as it is now, or of a commit or a branch (`start`)."""
    project = await projects.authorise(actor, project_id, Right.EDIT)
    folder = projects.folder_of(project)
    if start is None:
        await collaboration.commit_canvas(actor, project_id, KEPT)
        start = next(one.name for one in await folders().vcs.branches(folder) if one.main)
    made = await folders().vcs.create_branch(folder, name, start)
    await _note(actor, project_id, "project.branch_created", name)
    return made


async def delete(actor: Actor, project_id: UUID, name: str) -> None:
    """Remove a branch; what was merged stays."""
    project = await projects.authorise(actor, project_id, Right.EDIT)
    await folders().vcs.delete_branch(projects.folder_of(project), name)
    await _note(actor, project_id, "project.branch_deleted", name)


async def _note(actor: Actor, project_id: UUID, kind: str, name: str) -> None:
    async with unit_of_work(actor.user_id):
        await projects.note_activity(project_id, actor.user_id, kind, branch=name)
