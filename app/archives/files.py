"""The files of a folder of a project: which of them are its content, and which bytes they have."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from app import projects
from app.projects import CANVAS
from node_registry import DirectorError

MOST_FILES = 200_000
# Made anew for each project, or made again when it is missing.
MADE_ANEW = frozenset({"project.json", CANVAS})
CACHE = "05_Cache"


class FileRecord(msgspec.Struct, frozen=True):
    """A file: its path in the project, with `/`, and which bytes it has."""

    path: str
    digest: str
    size: int


def list_files(
    folder: Path, sizes: Mapping[str, int], objects: Mapping[str, Path | None]
) -> tuple[list[FileRecord], list[str]]:
    """The files of a folder, and the paths of those whose names not every system takes.

    What lies in the folder is mostly a second name of an object of the studio, which is seen
    without reading it. Caches and hidden files are no content; links are not followed.
    """
    inodes: dict[tuple[int, int], str] = {}
    for digest, path in objects.items():
        if path is not None and path.exists():
            status = path.stat()
            inodes[status.st_dev, status.st_ino] = digest
    found: list[FileRecord] = []
    left_out: list[str] = []
    taken: set[str] = set()
    for relative, status in _walk(folder, ""):
        try:
            check_path(relative)
        except DirectorError:
            left_out.append(relative.encode("utf-8", "replace").decode())
            continue
        if len(found) >= MOST_FILES or one_name(relative) in taken:
            left_out.append(relative)
            continue
        taken.add(one_name(relative))
        digest = inodes.get((status.st_dev, status.st_ino))
        if digest is None or sizes[digest] != status.st_size:
            with (folder / relative).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                found.append(FileRecord(relative, digest, file.tell()))
        else:
            found.append(FileRecord(relative, digest, status.st_size))
    return found, left_out


def check_path(relative: str) -> None:
    """See that a path may be one of a project's content. Raises `project.bad_path` and others."""
    first = relative.partition("/")[0]
    if relative in MADE_ANEW or first == CACHE or relative.startswith("."):
        raise _no_content(relative)
    for part in relative.split("/"):
        projects.check_name(part)
        if part == ".gitkeep" or part.endswith(".tmp"):
            raise _no_content(relative)


def one_name(relative: str) -> str:
    """The form in which two paths are equal that some system takes for the same."""
    return unicodedata.normalize("NFC", relative).casefold()


def _walk(folder: Path, relative: str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder / relative) as scanned:
        entries = sorted(scanned, key=lambda entry: entry.name)
    for entry in entries:
        path = f"{relative}/{entry.name}" if relative else entry.name
        hidden = entry.name in (".git", ".gitkeep") or entry.name.endswith(".tmp")
        outside = not relative and (entry.name.startswith(".") or entry.name == CACHE)
        if hidden or outside or path in MADE_ANEW or entry.is_symlink():
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(folder, path)
        elif entry.is_file(follow_symlinks=False):
            yield path, entry.stat(follow_symlinks=False)


def _no_content(relative: str) -> DirectorError:
    return DirectorError(
        "project.bad_path",
        f"{relative[:80]!r} is no content of a project.",
        hint="Caches, hidden files and what the studio writes itself are made anew.",
    )
