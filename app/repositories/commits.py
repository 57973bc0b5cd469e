"""A commit that somebody asks for: what is made and not committed yet, then the canvas as it is."""

from __future__ import annotations

from uuid import UUID

from app import collaboration, execution, projects
from app.accounts import Actor
from app.media import ObjectStore
from app.projects import Right
from node_registry import Commit


async def commit(actor: Actor, project_id: UUID, message: str, store: ObjectStore) -> Commit | None:
    """Commit a project as it is now; None when nothing differs.

    New takes, folders of assets and source media that were not committed by themselves go first,
    each person's in their own name.
    """
    await projects.authorise(actor, project_id, Right.EDIT)
    collaboration.check_message(message)
    await execution.commit_takes(store, project_id)
    await execution.commit_files(store, project_id)
    return await collaboration.commit_canvas(actor, project_id, message)
