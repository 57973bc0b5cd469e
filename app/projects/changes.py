"""Changes what a project is called and how it is made: in its folder first, then in the database.

No transaction, connection or row is held while git works, which may wait for others in the same
folder. Whoever changes one project waits for the others who do; of two things that are changed at
once both hold.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID
from weakref import WeakValueDictionary

import asyncpg
import msgspec

from app.accounts import Actor
from app.platform import bus
from app.platform.database import to_json, unit_of_work
from app.platform.telemetry import get_logger
from node_registry import DirectorError, Tier

from .activity import note_activity
from .events import ProjectChanged
from .folders import folder_of, folders
from .founding import author_of, checked_title
from .manifest import FilmSettings
from .model import Project
from .rights import Right, authorise, read_for
from .service import manifest_file

log = get_logger(__name__)

# The API is one process, so that its locks are all that there are.
_locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
WAITING = 20
_waiting: dict[UUID, int] = {}


async def update(
    actor: Actor,
    project_id: UUID,
    *,
    title: str | None = None,
    description: str | None = None,
    quality: Tier | None = None,
    settings: FilmSettings | None = None,
    auto_commit: bool | None = None,
) -> Project:
    """Change what is given of a project, in project.json and in the database.

    When the folder cannot take it, the database does not either; when the database cannot, the
    folder gets back what it had. Raises `project.many_changes` when many change it at once.
    """
    await authorise(actor, project_id, Right.EDIT)
    if settings is not None:
        settings.render_settings()
    given = {
        "title": None if title is None else checked_title(title),
        "description": None if description is None else description[:10_000],
        "quality": quality,
        "settings": settings,
        "auto_commit": auto_commit,
    }
    changed = {name: value for name, value in given.items() if value is not None}
    async with _alone(project_id):
        before = await authorise(actor, project_id, Right.EDIT)
        wanted = msgspec.structs.replace(before, **changed, modified_at=datetime.now(UTC))
        await _commit(actor, wanted)
        try:
            stored = await _store(actor, wanted, changed)
        except BaseException:
            await asyncio.shield(_take_back(actor, before))
            raise
        if not _same(stored, wanted):
            # Somebody pushed another project.json meanwhile.
            await _commit(actor, stored)
    await bus.publish(
        ProjectChanged(
            project_id=project_id,
            kind="details" if quality is None and settings is None else "settings",
            version=int(stored.modified_at.timestamp() * 1000),
            user_id=actor.user_id,
        )
    )
    return await authorise(actor, project_id, Right.EDIT)


@asynccontextmanager
async def _alone(project_id: UUID) -> AsyncIterator[None]:
    lock = _locks.get(project_id)
    if lock is None:
        lock = _locks[project_id] = asyncio.Lock()
    if _waiting.get(project_id, 0) >= WAITING:
        raise DirectorError(
            "project.many_changes",
            "Many change the settings of this project just now.",
            hint="Try again in a moment.",
            status=429,
            fields={"retry_after": 2},
        )
    _waiting[project_id] = _waiting.get(project_id, 0) + 1
    try:
        async with lock:
            yield
    finally:
        _waiting[project_id] -= 1
        if not _waiting[project_id]:
            del _waiting[project_id]


async def _commit(actor: Actor, project: Project) -> None:
    message = f"Change the settings of {project.title}"
    await folders().vcs.commit(
        folder_of(project), author_of(actor), message, [await manifest_file(project)]
    )


async def _store(actor: Actor, wanted: Project, changed: dict[str, object]) -> Project:
    """Write what is changed; what is not given stays as it is now."""
    settings = changed.get("settings")
    async with unit_of_work(actor.user_id) as unit:
        row = await unit.fetchrow(
            """UPDATE projects SET title = coalesce($2, title), quality = coalesce($4, quality),
                 description = coalesce($3, description),
                 settings = coalesce($5::jsonb, settings), modified_at = $7,
                 auto_commit = coalesce($6, auto_commit)
               WHERE id = $1 RETURNING *, director_role(id) AS role""",
            wanted.id,
            changed.get("title"),
            changed.get("description"),
            changed.get("quality"),
            None if settings is None else to_json(settings),
            changed.get("auto_commit"),
            wanted.modified_at,
        )
        if row is None:
            raise DirectorError("project.not_found", "There is no such project.", status=404)
        await note_activity(wanted.id, actor.user_id, "project.changed", fields=list(changed))
    return read_for(actor, row)


async def _take_back(actor: Actor, before: Project) -> None:
    try:
        await _commit(actor, before)
    except (DirectorError, OSError, asyncpg.PostgresError) as error:
        # The next commit of the canvas brings project.json up to date.
        log.warning("project.not_taken_back", project=str(before.id), error=str(error)[:200])


def _same(one: Project, other: Project) -> bool:
    written = ("title", "description", "quality", "settings", "modified_at")
    return all(getattr(one, name) == getattr(other, name) for name in written)
