"""The library of a project: characters, styles, environments, props; versions, approval."""

from .events import AssetChanged
from .folder import files_of
from .library import (
    assets_by_id,
    content_at,
    find_alike,
    ids_by_folder,
    list_assets,
    read,
    version_of,
    versions_of,
)
from .model import Approval, Asset, AssetVersion, Content, content_of, media_in, read_content
from .path_resolution import (
    LIBRARY,
    get_project_workspace_root,
    list_asset_files,
    resolve_asset_path,
    resolve_character_reference_path,
    resolve_shot_render_path,
)
from .publication import (
    Unpublished,
    list_unpublished,
    mark_published,
    media_named,
    shown_media,
)
from .record_file import ASSET_FILE, read_asset_file
from .review import AssetPolicy, MissingApproval, decide, missing_approvals, policy_of, set_policy
from .service import create, follow, remove, restore, roll_back, update
from .transfer import AssetRecord, check_library, insert_library, read_library

__all__ = [
    "ASSET_FILE",
    "LIBRARY",
    "Approval",
    "Asset",
    "AssetChanged",
    "AssetPolicy",
    "AssetRecord",
    "AssetVersion",
    "Content",
    "MissingApproval",
    "Unpublished",
    "assets_by_id",
    "check_library",
    "content_at",
    "content_of",
    "create",
    "decide",
    "files_of",
    "find_alike",
    "follow",
    "get_project_workspace_root",
    "ids_by_folder",
    "insert_library",
    "list_asset_files",
    "list_assets",
    "list_unpublished",
    "mark_published",
    "media_in",
    "media_named",
    "missing_approvals",
    "policy_of",
    "read",
    "read_asset_file",
    "read_content",
    "read_library",
    "remove",
    "resolve_asset_path",
    "resolve_character_reference_path",
    "resolve_shot_render_path",
    "restore",
    "roll_back",
    "set_policy",
    "shown_media",
    "update",
    "version_of",
    "versions_of",
]
