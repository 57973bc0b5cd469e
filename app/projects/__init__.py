"""Projects: who belongs to them, their folders on disk, and the versions of these."""

from .events import ProjectChanged
from .manifest import CANVAS, FilmSettings
from .model import RIGHTS, Project, Right
from .names import asset_stem, render_folder, shot_stem, take_name
from .placement import place
from .service import (
    Folders,
    authorise,
    commit,
    commits,
    create,
    delete,
    folder_of,
    list_projects,
    manifest_file,
    owner_of,
    rights_of,
    structure,
    update,
    use_folders,
)

__all__ = [
    "CANVAS",
    "RIGHTS",
    "FilmSettings",
    "Folders",
    "Project",
    "ProjectChanged",
    "Right",
    "asset_stem",
    "authorise",
    "commit",
    "commits",
    "create",
    "delete",
    "folder_of",
    "list_projects",
    "manifest_file",
    "owner_of",
    "place",
    "render_folder",
    "rights_of",
    "shot_stem",
    "structure",
    "take_name",
    "update",
    "use_folders",
]
