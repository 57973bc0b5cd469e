"""`manifest.json` of an export: the content of a project, and which entry has which bytes."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from app import assets, execution, media
from node_registry import DirectorError

from .content import Content
from .files import check_path, one_name

NAME = "manifest.json"
FORMAT = "movie-director.project"
VERSION = 1
LARGEST = 256 * 1024 * 1024
MOST_ENTRIES = 200_000
# A NUL as JSON writes it, and not a backslash before the text "u0000".
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Entry(msgspec.Struct, frozen=True):
    """A file of the zip: its name there, and the SHA-256 and the size of its bytes."""

    name: str
    digest: str
    size: Annotated[int, msgspec.Meta(ge=0)]


class Manifest(msgspec.Struct, kw_only=True):
    """The whole of it; `version` is the format of this file."""

    format: Literal["movie-director.project"] = FORMAT
    version: int = VERSION
    made_at: datetime
    content: Content
    entries: list[Entry]


class _Marks(msgspec.Struct):
    format: str = ""
    version: int = 0


def read_manifest(text: bytes) -> Manifest:
    """The manifest in a text from outside, with everything in it checked.

    Raises `archive.unknown_version`, `archive.bad_manifest`, and what the domains say of their own
    records.
    """
    try:
        marks = msgspec.json.decode(text, type=_Marks)
        if marks.format != FORMAT:
            raise bad_manifest("It is not that of an exported project.")
        if marks.version != VERSION:
            raise DirectorError(
                "archive.unknown_version",
                f"The archive has version {marks.version}; this studio reads version {VERSION}.",
                hint="Import it into a studio of the version that made it, or a newer one.",
            )
        manifest = msgspec.json.decode(text, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise bad_manifest(f"It cannot be read: {error}.") from error
    if _NUL.search(text):
        raise bad_manifest("It holds a NUL, which no text of a project does.")
    _check(manifest)
    return manifest


def entry_names(content: Content) -> list[Entry]:
    """What the files of the zip are called: as in the project's folder where they lie there."""
    names: dict[str, str] = {}
    for file in content.files:
        names.setdefault(file.digest, f"project/{file.path}")
    return [
        Entry(names.get(digest, f"objects/{digest}"), digest, size)
        for digest, size in content.digests().items()
    ]


def bad_manifest(message: str) -> DirectorError:
    """The error for a manifest that does not say what an archive needs."""
    return DirectorError(
        "archive.bad_manifest",
        f"The {NAME} of the archive is wrong. {message}",
        hint="Export the project again.",
    )


def _check(manifest: Manifest) -> None:
    content = manifest.content
    if len(manifest.entries) > MOST_ENTRIES:
        raise too_many()
    media.check_media(content.media)
    digests = {one.digest for one in content.media}
    assets.check_library(content.assets, digests)
    execution.check_takes(content.takes, digests)
    paths: set[str] = set()
    folders: set[str] = set()
    for file in content.files:
        check_path(file.path)
        name = one_name(file.path)
        if name in paths:
            raise bad_manifest(f"{file.path[:80]!r} comes twice.")
        paths.add(name)
        parts = name.split("/")
        folders.update("/".join(parts[:count]) for count in range(1, len(parts)))
    if both := paths & folders:
        raise bad_manifest(f"{min(both)[:80]!r} is a file and a folder.")
    given = {entry.digest: entry.size for entry in manifest.entries}
    if len(given) != len(manifest.entries) or given != content.digests():
        raise bad_manifest("What the project consists of and what the zip holds are not the same.")
    ids = [one.id for one in (*content.takes, *content.assets)]
    if len(set(ids)) != len(ids):
        raise bad_manifest("An id comes twice.")


def too_many() -> DirectorError:
    """The error for an archive of more files than a project has."""
    return DirectorError(
        "archive.too_many", f"An archive has at most {MOST_ENTRIES:,} files.", status=413
    )
