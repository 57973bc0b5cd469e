"""Making a project: its folder with a first commit and its rows, all of it or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import asyncpg

from app.accounts import Actor, Scope
from app.platform.database import (
    CONNECTION_ERRORS,
    DatabaseRole,
    UnitOfWork,
    to_json,
    unit_of_work,
)
from app.platform.ids import new_id
from app.platform.telemetry import get_logger
from node_registry import Author, DirectorError, Tier

from . import scaffold
from .activity import note_activity
from .folders import folders
from .manifest import FilmSettings, ProjectManifest
from .model import Project
from .scaffold import Fill

MAX_TITLE = 200

log = get_logger(__name__)

Insert = Callable[[UnitOfWork, Project], Awaitable[None]]
"""Stores what a project begins with, in the unit of work that makes its own rows."""


async def create(
    actor: Actor,
    title: str,
    *,
    description: str = "",
    quality: Tier = "standard",
    settings: FilmSettings | None = None,
    origin: str | None = None,
    metadata: dict[str, Any] | None = None,
    fill: Fill | None = None,
    insert: Insert | None = None,
    action: str = "project.created",
) -> Project:
    """Make a project: its folder with a first commit, and its row. All of it, or nothing.

    `fill` puts files into the folder before it is committed, `insert` stores what belongs to the
    project in the unit of work that makes it; when one of them raises, nothing is left. `action` is
    what the feed says of it.
    """
    actor.demand(Scope.EDIT)
    title = checked_title(title)
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
        where.workspace, manifest_of(project, metadata or {}), where.vcs, author_of(actor), fill
    )
    try:
        await _insert(project, origin, insert, action)
    except BaseException as error:
        await asyncio.shield(_take_back(project))
        if isinstance(error, asyncpg.UniqueViolationError) and insert is None:
            raise DirectorError(
                "project.exists", "This project was made a moment ago.", status=409
            ) from error
        raise
    return project


async def _take_back(project: Project) -> None:
    """Remove what there is of a project whose rows could not be stored, or perhaps were: whoever
    lost the connection, or gave up, while they were committed does not know."""
    try:
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            await unit.execute("DELETE FROM projects WHERE id = $1", project.id)
    except (*CONNECTION_ERRORS, asyncpg.PostgresError) as error:
        # The row may be there, and a project without its folder would be a broken one; a folder
        # without a row is none.
        log.warning("project.not_taken_back", project=str(project.id), error=repr(error)[:200])
        return
    await scaffold.remove_folder(folders().workspace, project.folder)


async def _insert(project: Project, origin: str | None, insert: Insert | None, action: str) -> None:
    # What others store, as takes, is nothing that a person may write by hand.
    role = DatabaseRole.APP if insert is None else DatabaseRole.SERVICE
    async with unit_of_work(project.owner_id, role=role) as unit:
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
        if insert is not None:
            await insert(unit, project)
        await note_activity(project.id, project.owner_id, action, title=project.title)


def manifest_of(project: Project, metadata: dict[str, Any]) -> ProjectManifest:
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


def author_of(actor: Actor) -> Author:
    """How a person stands in the history; without an address, with one that goes nowhere."""
    return Author(actor.name, actor.email or f"{actor.user_id}@users.invalid")


def checked_title(title: str) -> str:
    title = " ".join(title.split())
    if not 1 <= len(title) <= MAX_TITLE:
        raise DirectorError(
            "project.bad_title", f"A title has 1 to {MAX_TITLE} characters; this has {len(title)}."
        )
    return title
