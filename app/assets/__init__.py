"""The library of a project: characters, styles, environments, props; versions, approval."""

from .events import AssetChanged
from .library import (
    assets_by_id,
    content_at,
    find_alike,
    list_assets,
    read,
    version_of,
    versions_of,
)
from .model import Approval, Asset, AssetVersion, Content, content_of, read_content
from .review import AssetPolicy, MissingApproval, decide, missing_approvals, policy_of, set_policy
from .service import create, follow, remove, restore, roll_back, update
from .transfer import AssetRecord, check_library, insert_library, read_library

__all__ = [
    "Approval",
    "Asset",
    "AssetChanged",
    "AssetPolicy",
    "AssetRecord",
    "AssetVersion",
    "Content",
    "MissingApproval",
    "assets_by_id",
    "check_library",
    "content_at",
    "content_of",
    "create",
    "decide",
    "find_alike",
    "follow",
    "insert_library",
    "list_assets",
    "missing_approvals",
    "policy_of",
    "read",
    "read_content",
    "read_library",
    "remove",
    "restore",
    "roll_back",
    "set_policy",
    "update",
    "version_of",
    "versions_of",
]
