"""Projects: who belongs to them, their folders on disk, and the versions of these."""

from .manifest import FilmSettings
from .model import Project, Right
from .service import (
    Folders,
    authorise,
    commit,
    create,
    delete,
    find_by_origin,
    folder_of,
    history,
    list_projects,
    structure,
    update,
    use_folders,
)

__all__ = [
    "FilmSettings",
    "Folders",
    "Project",
    "Right",
    "authorise",
    "commit",
    "create",
    "delete",
    "find_by_origin",
    "folder_of",
    "history",
    "list_projects",
    "structure",
    "update",
    "use_folders",
]
