"""The record of an asset as a file in its folder, so that a clone knows what its files are for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from uuid import UUID

import msgspec

from node_registry import AssetKind, DirectorError

from .model import Content, read_content
from .transfer import AssetRecord, VersionRecord

ASSET_FILE = "asset.json"
LARGEST = 4_000_000
NOBODY = UUID(int=0)


class AssetFile(msgspec.Struct, kw_only=True):
    """What the file holds: the newest version; earlier ones are in the history of git."""

    format: Literal["asset/v0"] = "asset/v0"
    id: UUID
    kind: AssetKind
    content: Content


def write_asset_file(asset_id: UUID, kind: AssetKind, content: Content) -> str:
    """The text of the file. Equal assets give equal texts."""
    file = AssetFile(id=asset_id, kind=kind, content=content)
    return msgspec.json.format(msgspec.json.encode(file, order="sorted").decode(), indent=2) + "\n"


def read_asset_file(path: Path) -> AssetRecord:
    """The asset whose folder has this file, with one version. Raises `asset.bad_file`,
    and what `read_content` raises."""
    folder = path.parent.name
    with path.open("rb") as file:
        text = file.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise _bad(folder, f"it has more than {LARGEST:,} bytes")
    try:
        found = msgspec.json.decode(text, type=AssetFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _bad(folder, str(error)) from error
    content = read_content(found.kind, found.content)
    now = datetime.now(UTC)
    return AssetRecord(
        id=found.id,
        kind=found.kind,
        folder=folder,
        created_by=NOBODY,
        created_at=now,
        changed_by=NOBODY,
        changed_at=now,
        versions=[VersionRecord(version=1, content=content, made_by=NOBODY, made_at=now)],
    )


def _bad(folder: str, why: str) -> DirectorError:
    return DirectorError(
        "asset.bad_file",
        f"{ASSET_FILE} of {folder[:80]!r} is no record of an asset: {why}.",
        hint="Take the file's last version from the history of the repository.",
    )
