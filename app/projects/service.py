"""Makes, finds and changes projects, in the database and on disk together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from app.accounts import Actor, Scope
from app.platform import bus
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, to_json, unit_of_work
from app.platform.ids import new_id
from app.platform.pagination import Page, PageRequest, bad_cursor
from app.platform.telemetry import get_logger
from node_registry import Author, Change, Commit, DirectorError, TextFile, Tier

from . import scaffold
from .activity import note_activity
from .events import ProjectChanged
from .folders import folder_of, folders
from .manifest import FilmSettings, ProjectManifest, manifest_text, read_manifest
from .model import Project
from .paths import inside
from .rights import Right, authorise, read_for
from .structure import Entry
from .structure import structure as read_structure

log = get_logger(__name__)

COMMIT_ID = re.compile("[0-9a-f]{40}([0-9a-f]{24})?")

MAX_TITLE = 200
MANIFEST = "project.json"


async def create(
    actor: Actor,
    title: str,
    *,
    description: str = "",
    quality: Tier = "standard",
    settings: FilmSettings | None = None,
    origin: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Project:
    """Make a project: its folder with a first commit, and its row. All of it, or nothing."""
    actor.demand(Scope.EDIT)
    title = _checked_title(title)
    settings = settings or FilmSettings()
    settings.render_settings()
    now = datetime.now(UTC)
    project = Project(
        id=new_id(),
        owner_id=actor.user_id,
        title=title,
        description=description[:10_000],
        folder="",
        quality=quality,
        settings=settings,
        created_at=now,
        modified_at=now,
    )
    where = folders()
    project.folder = await scaffold.create_folder(
        where.workspace, _manifest_of(project, metadata or {}), where.vcs, author_of(actor)
    )
    try:
        await _insert(project, origin)
    except BaseException as error:
        await scaffold.remove_folder(where.workspace, project.folder)
        if isinstance(error, asyncpg.UniqueViolationError):
            raise DirectorError(
                "project.exists", "This project was made a moment ago.", status=409
            ) from error
        raise
    return project


async def _insert(project: Project, origin: str | None) -> None:
    async with unit_of_work(project.owner_id) as unit:
        await unit.execute(
            """INSERT INTO projects (id, owner_id, title, description, folder, quality,
                   settings, origin, created_at, modified_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $9)""",
            project.id,
            project.owner_id,
            project.title,
            project.description,
            project.folder,
            project.quality,
            to_json(project.settings),
            origin,
            project.created_at,
        )
        await unit.execute(
            """INSERT INTO project_members (project_id, user_id, role)
               VALUES ($1, $2, 'owner')""",
            project.id,
            project.owner_id,
        )
        await note_activity(project.id, project.owner_id, "project.created", title=project.title)


async def owner_of(project_id: UUID) -> UUID:
    """Whose project it is, for what the studio does on everybody's behalf."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        owner = await unit.fetchval("SELECT owner_id FROM projects WHERE id = $1", project_id)
    if owner is None:
        raise DirectorError("project.not_found", "There is no such project.", status=404)
    return owner


async def update(
    actor: Actor,
    project_id: UUID,
    *,
    title: str | None = None,
    description: str | None = None,
    quality: Tier | None = None,
    settings: FilmSettings | None = None,
) -> Project:
    """Change what is given of a project, in the database and in project.json."""
    await authorise(actor, project_id, Right.EDIT)
    if settings is not None:
        settings.render_settings()
    where = folders()
    async with unit_of_work(actor.user_id) as unit:
        # What is not given stays as it is now, also when two people change two things at once.
        row = await unit.fetchrow(
            """UPDATE projects SET title = coalesce($2, title), quality = coalesce($4, quality),
                 description = coalesce($3, description),
                 settings = coalesce($5::jsonb, settings), modified_at = now()
               WHERE id = $1 RETURNING *, director_role(id) AS role""",
            project_id,
            None if title is None else _checked_title(title),
            None if description is None else description[:10_000],
            quality,
            None if settings is None else to_json(settings),
        )
        if row is None:
            raise DirectorError("project.not_found", "There is no such project.", status=404)
        project = read_for(actor, row)
        given = {"title": title, "description": description, "quality": quality}
        changed = [name for name, value in given.items() if value is not None]
        changed += ["settings"] if settings is not None else []
        await note_activity(project_id, actor.user_id, "project.changed", fields=changed)
        # Inside the unit: when the folder cannot take it, the database does not either.
        await where.vcs.commit(
            folder_of(project),
            author_of(actor),
            f"Change the settings of {project.title}",
            [await manifest_file(project)],
        )
    await bus.publish(
        ProjectChanged(
            project_id=project_id,
            kind="details" if quality is None and settings is None else "settings",
            version=int(project.modified_at.timestamp() * 1000),
            user_id=actor.user_id,
        )
    )
    return await authorise(actor, project_id, Right.EDIT)


async def manifest_file(project: Project) -> TextFile:
    """project.json as it has to read now; what it holds besides is kept."""
    path = inside(folder_of(project), MANIFEST)
    try:
        metadata = read_manifest(await run_blocking(path.read_bytes)).metadata
    except FileNotFoundError:
        metadata = {}
    except DirectorError as error:
        # One broken file must not hold up every commit; what it held besides is lost, and this
        # says so.
        log.warning("project.manifest_replaced", project=str(project.id), error=str(error))
        metadata = {}
    return TextFile(MANIFEST, manifest_text(_manifest_of(project, metadata)))


def _manifest_of(project: Project, metadata: dict[str, Any]) -> ProjectManifest:
    return ProjectManifest(
        uuid=str(project.id),
        title=project.title,
        description=project.description,
        created_at=project.created_at,
        modified_at=project.modified_at,
        quality=project.quality,
        settings=project.settings,
        metadata=metadata,
    )


async def structure(actor: Actor, project_id: UUID) -> Entry:
    """The tree of the project's folder, by names relative to it."""
    project = await authorise(actor, project_id, Right.READ)
    return await run_blocking(read_structure, folder_of(project))


async def commit(
    actor: Actor, project_id: UUID, message: str, changes: Sequence[Change]
) -> Commit | None:
    """Commit changes to the project's folder as this person; None when nothing differs."""
    project = await authorise(actor, project_id, Right.EDIT)
    where = folders()
    made = await where.vcs.commit(folder_of(project), author_of(actor), message, changes)
    # What the system commits is told of as the run that made it.
    if made is not None and actor.authority == "person":
        async with unit_of_work(actor.user_id):
            said = message.strip().partition("\n")[0][:200]
            await note_activity(
                project_id, actor.user_id, "project.committed", commit=made.id, message=said
            )
    return made


async def commits(actor: Actor, project_id: UUID, page: PageRequest) -> Page[Commit]:
    """The commits of the project's folder in git, the newest first."""
    project = await authorise(actor, project_id, Right.READ)
    before = page.after(str)
    if before is not None and not COMMIT_ID.fullmatch(before):
        raise bad_cursor()
    found = await folders().vcs.history(folder_of(project), limit=page.rows, before=before)
    return page.answer(found, lambda commit: commit.id, lambda commit: commit)


def author_of(actor: Actor) -> Author:
    """How a person stands in the history; without an address, with one that goes nowhere."""
    return Author(actor.name, actor.email or f"{actor.user_id}@users.invalid")


def _checked_title(title: str) -> str:
    title = " ".join(title.split())
    if not 1 <= len(title) <= MAX_TITLE:
        raise DirectorError(
            "project.bad_title", f"A title has 1 to {MAX_TITLE} characters; this has {len(title)}."
        )
    return title
