"""Projects: who belongs to them, their folders on disk, and the versions of these."""

from .activity import Activity, note_activity
from .changes import update
from .dashboard import note_visit, offer_poster
from .events import ActivityNoted, ProjectChanged, ProjectDeleted
from .folders import Folders, folder_of, folders, use_folders
from .founding import author_of, create
from .lifecycle import remove_deleted
from .manifest import (
    CANVAS,
    FilmSettings,
    ProjectManifest,
    gitattributes_text,
    is_media,
    is_text,
    read_manifest,
)
from .model import Project, Role
from .names import asset_folder, asset_stem, check_name, render_folder, shot_stem, take_name
from .paths import ASSETS as ASSET_FOLDERS
from .paths import asset_path, files_below, inside, shot_render_path
from .placement import place, replace
from .rights import (
    RIGHTS,
    Membership,
    Right,
    authorise,
    authorise_any,
    memberships_of,
    rights_in,
    within_scopes,
)
from .scaffold import IGNORED, NUMBERED, TRACKED, Fill, open_folder
from .service import (
    apply_manifest,
    commit,
    commits,
    committed_by_hand,
    find,
    manifest_file,
    manifest_text_file,
    owned_by,
    owned_with,
    owner_of,
    project_metadata,
    structure,
    titles,
)
from .upkeep import committed_media, tidy_repositories

__all__ = [
    "ASSET_FOLDERS",
    "CANVAS",
    "IGNORED",
    "NUMBERED",
    "RIGHTS",
    "TRACKED",
    "Activity",
    "ActivityNoted",
    "Fill",
    "FilmSettings",
    "Folders",
    "Membership",
    "Project",
    "ProjectChanged",
    "ProjectDeleted",
    "ProjectManifest",
    "Right",
    "Role",
    "apply_manifest",
    "asset_folder",
    "asset_path",
    "asset_stem",
    "author_of",
    "authorise",
    "authorise_any",
    "check_name",
    "commit",
    "commits",
    "committed_by_hand",
    "committed_media",
    "create",
    "files_below",
    "find",
    "folder_of",
    "folders",
    "gitattributes_text",
    "inside",
    "is_media",
    "is_text",
    "manifest_file",
    "manifest_text_file",
    "memberships_of",
    "note_activity",
    "note_visit",
    "offer_poster",
    "open_folder",
    "owned_by",
    "owned_with",
    "owner_of",
    "place",
    "project_metadata",
    "read_manifest",
    "remove_deleted",
    "render_folder",
    "replace",
    "rights_in",
    "shot_render_path",
    "shot_stem",
    "structure",
    "take_name",
    "tidy_repositories",
    "titles",
    "update",
    "use_folders",
    "within_scopes",
]
