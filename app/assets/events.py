"""What this domain tells the others of its process."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec

from node_registry import AssetKind

Change = Literal["created", "changed", "removed", "restored", "decided"]


class AssetChanged(msgspec.Struct, frozen=True, kw_only=True):
    """An asset has this version now: new, changed, out of the library, back in it, or decided on.

    `fields` are the names of those that differ from the version before.
    """

    project_id: UUID
    asset_id: UUID
    kind: AssetKind
    version: int
    change: Change
    user_id: UUID
    fields: tuple[str, ...] = ()
