"""The library of a project: characters, styles, environments, props; versions, approval."""

from .events import AssetChanged
from .library import list_assets, read, versions_of
from .model import Approval, Asset, AssetVersion, content_of, read_content
from .review import decide, missing_approvals, policy_of, set_policy
from .service import create, follow, remove, restore, roll_back, update

__all__ = [
    "Approval",
    "Asset",
    "AssetChanged",
    "AssetVersion",
    "content_of",
    "create",
    "decide",
    "follow",
    "list_assets",
    "missing_approvals",
    "policy_of",
    "read",
    "read_content",
    "remove",
    "restore",
    "roll_back",
    "set_policy",
    "update",
    "versions_of",
]
