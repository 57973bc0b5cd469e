"""Where the parts of a project lie on this machine, by their ids. For the server's own use.

Each asks for the actor's right to read, and none of what they give ever reaches a client.
"""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from app import projects
from app.accounts import Actor
from app.platform.blocking import run_blocking
from app.platform.database import unit_of_work
from app.projects import Right
from node_registry import DirectorError

LIBRARY = ("character", "style", "environment", "prop")


async def get_project_workspace_root(actor: Actor, project_id: UUID) -> Path:
    """The folder of a project."""
    return projects.folder_of(await projects.authorise(actor, project_id, Right.READ))


async def resolve_asset_path(
    actor: Actor, project_id: UUID, asset_type: str, asset_id: UUID | str
) -> Path:
    """The folder of an asset of the library; of source media and models, the file of this name.

    Raises `asset.not_found`, `project.bad_asset_type`, and what a name that leads elsewhere gets.
    """
    root = await get_project_workspace_root(actor, project_id)
    if asset_type not in LIBRARY:
        return await run_blocking(projects.asset_path, root, asset_type, str(asset_id))
    async with unit_of_work(actor.user_id) as unit:
        folder = await unit.fetchval(
            "SELECT folder FROM assets WHERE id = $1 AND project_id = $2 AND kind = $3",
            asset_id if isinstance(asset_id, UUID) else UUID(asset_id),
            project_id,
            asset_type,
        )
    if folder is None:
        raise DirectorError("asset.not_found", "There is no such asset.", status=404)
    return await run_blocking(
        projects.inside, root, f"{projects.ASSET_FOLDERS[asset_type]}/{folder}"
    )


async def resolve_character_reference_path(
    actor: Actor, project_id: UUID, character_id: UUID
) -> Path:
    """The folder of a character's reference images."""
    folder = await resolve_asset_path(actor, project_id, "character", character_id)
    return await run_blocking(projects.inside, folder, "reference_images")


async def resolve_shot_render_path(
    actor: Actor, project_id: UUID, scene: str, shot: str, version: int, take: int, ext: str = "mp4"
) -> Path:
    """The file of a take, whether it is there or not."""
    root = await get_project_workspace_root(actor, project_id)
    return await run_blocking(projects.shot_render_path, root, scene, shot, version, take, ext)


async def list_asset_files(
    actor: Actor, project_id: UUID, asset_type: str, asset_id: UUID | str
) -> list[str]:
    """The files of an asset, by their paths in its folder."""
    folder = await resolve_asset_path(actor, project_id, asset_type, asset_id)
    return await run_blocking(projects.files_below, folder)
