"""Projects: who belongs to them, their folders on disk, and the versions of these."""

from .activity import Activity, note_activity
from .events import ActivityNoted, ProjectChanged
from .manifest import CANVAS, FilmSettings
from .model import Project, Role
from .names import asset_folder, asset_stem, check_name, render_folder, shot_stem, take_name
from .placement import place, replace
from .rights import (
    RIGHTS,
    Membership,
    Right,
    authorise,
    authorise_any,
    memberships_of,
    within_scopes,
)
from .service import (
    Folders,
    commit,
    commits,
    create,
    delete,
    folder_of,
    list_projects,
    manifest_file,
    owner_of,
    structure,
    update,
    use_folders,
)

__all__ = [
    "CANVAS",
    "RIGHTS",
    "Activity",
    "ActivityNoted",
    "FilmSettings",
    "Folders",
    "Membership",
    "Project",
    "ProjectChanged",
    "Right",
    "Role",
    "asset_folder",
    "asset_stem",
    "authorise",
    "authorise_any",
    "check_name",
    "commit",
    "commits",
    "create",
    "delete",
    "folder_of",
    "list_projects",
    "manifest_file",
    "memberships_of",
    "note_activity",
    "owner_of",
    "place",
    "render_folder",
    "replace",
    "shot_stem",
    "structure",
    "take_name",
    "update",
    "use_folders",
    "within_scopes",
]
