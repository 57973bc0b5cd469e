"""The file tree of a project as the project browser shows it: names and sizes, never a path."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

_HIDDEN = {".git", ".gitkeep"}


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A folder or file: `path` is relative to the project, `size` in bytes.

    `truncated` says that a folder holds more than is listed.
    """

    name: str
    path: str
    type: Literal["folder", "file"]
    size: int | None = None
    modified_at: datetime | None = None
    children: list[Entry] | None = None
    truncated: bool = False


def structure(folder: Path, *, most: int = 5000, deepest: int = 12) -> Entry:
    """The tree of a project's folder, at most so many entries, nearest to the root first."""
    listing: dict[str, tuple[list[Entry], bool]] = {}
    left = most
    level = [""]
    for _ in range(deepest):
        below: list[str] = []
        for relative in level:
            entries, cut = _list(folder / relative, relative, left)
            left -= len(entries)
            listing[relative] = (entries, cut)
            below += [entry.path for entry in entries if entry.type == "folder"]
        level = below
    root = Entry(name="", path="", type="folder")
    return _grow(root, listing)


def _list(folder: Path, relative: str, left: int) -> tuple[list[Entry], bool]:
    found: list[Entry] = []
    try:
        with os.scandir(folder) as scanned:
            entries = sorted(scanned, key=lambda entry: entry.name)
    except OSError:
        # It was removed while the tree was read: then it is empty.
        return [], False
    for entry in entries:
        # A link may lead anywhere, and is no part of a project.
        if entry.name in _HIDDEN or entry.name.endswith(".tmp") or entry.is_symlink():
            continue
        if len(found) >= left:
            return found, True
        path = f"{relative}/{entry.name}" if relative else entry.name
        if entry.is_dir(follow_symlinks=False):
            found.append(Entry(name=entry.name, path=path, type="folder"))
        elif entry.is_file(follow_symlinks=False):
            status = entry.stat(follow_symlinks=False)
            found.append(
                Entry(
                    name=entry.name,
                    path=path,
                    type="file",
                    size=status.st_size,
                    modified_at=datetime.fromtimestamp(int(status.st_mtime), UTC),
                )
            )
    return found, False


def _grow(entry: Entry, listing: dict[str, tuple[list[Entry], bool]]) -> Entry:
    if entry.type == "file":
        return entry
    children, cut = listing.get(entry.path, ([], True))
    return msgspec.structs.replace(
        entry, children=[_grow(child, listing) for child in children], truncated=cut
    )
