"""Projects: who belongs to them, their folders on disk, and the versions of these."""

from .model import Format, Project, Right
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
    "Folders",
    "Format",
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
