"""Finds projects, and reads and commits what is in their folders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from app.accounts import Actor
from app.platform import bus
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, current_unit, to_json, unit_of_work
from app.platform.pagination import Page, PageRequest, bad_cursor
from app.platform.telemetry import get_logger
from node_registry import Change, Commit, DirectorError, TextFile

from .activity import note_activity
from .events import ProjectChanged
from .folders import folder_of, folders
from .founding import author_of, checked_title, manifest_of
from .manifest import CANVAS, ProjectManifest, manifest_text, read_manifest
from .model import Project
from .paths import inside
from .rights import Right, authorise
from .structure import Entry
from .structure import structure as read_structure

log = get_logger(__name__)

COMMIT_ID = re.compile("[0-9a-f]{40}([0-9a-f]{24})?")

MANIFEST = "project.json"


async def find(actor: Actor, name: str) -> UUID:
    """The id of the project that somebody names by its id, or by the name of its folder.

    Raises `project.not_found`; whether they may do anything there is for `authorise` to say.
    """
    async with unit_of_work(actor.user_id) as unit:
        found = await unit.fetchval(
            "SELECT id FROM projects WHERE folder = $1 OR id::text = $1", name.lower()
        )
    if found is None:
        raise DirectorError("project.not_found", "There is no such project.", status=404)
    return found


async def titles(actor: Actor, project_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The titles of those of these projects that somebody belongs to."""
    async with unit_of_work(actor.user_id) as unit:
        rows = await unit.fetch(
            "SELECT id, title FROM projects WHERE id = ANY($1::uuid[])", list(project_ids)
        )
    return {row["id"]: row["title"] for row in rows}


async def owner_of(project_id: UUID) -> UUID:
    """Whose project it is, for what the studio does on everybody's behalf."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        owner = await unit.fetchval("SELECT owner_id FROM projects WHERE id = $1", project_id)
    if owner is None:
        raise DirectorError("project.not_found", "There is no such project.", status=404)
    return owner


async def owned_by(user_id: UUID) -> list[UUID]:
    """All projects that somebody owns, those that are deleted and not removed yet among them.

    Reads in the current unit of work, which is the service's.
    """
    rows = await current_unit().fetch("SELECT id FROM projects WHERE owner_id = $1", user_id)
    return [row["id"] for row in rows]


async def owned_with(project_id: UUID) -> tuple[UUID, list[UUID]]:
    """Who owns a project, and all projects of theirs; see `owned_by`."""
    owner = await current_unit().fetchval("SELECT owner_id FROM projects WHERE id = $1", project_id)
    if owner is None:
        raise DirectorError("project.not_found", "There is no such project.", status=404)
    return owner, await owned_by(owner)


async def committed_by_hand() -> list[UUID]:
    """The projects whose new takes are not committed by themselves."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch("SELECT id FROM projects WHERE NOT auto_commit")
    return [row["id"] for row in rows]


async def apply_manifest(actor: Actor, project: Project, manifest: ProjectManifest) -> None:
    """Let the database say what a project.json says that was written elsewhere.

    Raises `project.other_manifest` for one of another project, and `project.busy` while somebody
    changes the same project.
    """
    if manifest.uuid != str(project.id) or manifest.canvas_path != CANVAS:
        raise DirectorError(
            "project.other_manifest",
            "The file project.json is that of another project.",
            hint="Its `uuid` and `canvas_path` stay as they are.",
            status=409,
        )
    new = (checked_title(manifest.title), manifest.description[:10_000], manifest.quality)
    if (*new, manifest.settings) == (
        project.title, project.description, project.quality, project.settings
    ):  # fmt: skip
        return
    try:
        async with unit_of_work(actor.user_id) as unit:
            # The folder is held meanwhile: nobody waits here for somebody who waits for it.
            await unit.execute("SET LOCAL lock_timeout = '2s'")
            await unit.execute(
                """UPDATE projects SET title = $2, description = $3, quality = $4,
                     settings = $5::jsonb, modified_at = now() WHERE id = $1""",
                project.id,
                *new,
                to_json(manifest.settings),
            )
            changed = ["title", "description", "quality", "settings"]
            await note_activity(project.id, actor.user_id, "project.changed", fields=changed)
    except asyncpg.LockNotAvailableError as error:
        raise DirectorError(
            "project.busy",
            "Somebody changes the settings of this project just now.",
            hint="Try again in a moment.",
            status=409,
        ) from error
    project = await authorise(actor, project.id, Right.EDIT)
    version = int(project.modified_at.timestamp() * 1000)
    await bus.publish(
        ProjectChanged(
            project_id=project.id, kind="settings", version=version, user_id=actor.user_id
        )
    )


async def manifest_file(project: Project) -> TextFile:
    """project.json as it has to read now; what it holds besides is kept."""
    return manifest_text_file(project, await project_metadata(project))


def manifest_text_file(project: Project, metadata: dict[str, Any]) -> TextFile:
    """project.json of a project, with what it is to hold besides."""
    return TextFile(MANIFEST, manifest_text(manifest_of(project, metadata)))


async def project_metadata(project: Project) -> dict[str, Any]:
    """What project.json holds besides what the database knows: people's own."""
    path = inside(folder_of(project), MANIFEST)
    try:
        return read_manifest(await run_blocking(path.read_bytes)).metadata
    except FileNotFoundError:
        return {}
    except DirectorError as error:
        # One broken file must not hold up every commit; what it held besides is lost, and this
        # says so.
        log.warning("project.manifest_replaced", project=str(project.id), error=str(error))
        return {}


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
            first_line = message.strip().partition("\n")[0][:200]
            await note_activity(
                project_id, actor.user_id, "project.committed", commit=made.id, message=first_line
            )
    return made


async def commits(
    actor: Actor, project_id: UUID, page: PageRequest, branch: str | None = None
) -> Page[Commit]:
    """The commits of the project's folder in git, or of a branch of it, the newest first."""
    project = await authorise(actor, project_id, Right.READ)
    before = page.after(str)
    if before is not None and not COMMIT_ID.fullmatch(before):
        raise bad_cursor()
    found = await folders().vcs.history(
        folder_of(project), limit=page.rows, before=before, branch=branch
    )
    return page.answer(found, lambda commit: commit.id, lambda commit: commit)
