"""Which paths may be committed: relative, inside the folder, and the same on every system."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from node_registry import DirectorError

# Unprintable letters that some file systems ignore: ".g\u200cit" is ".git" to them.
_IGNORED = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")


def check_path(path: str) -> str:
    """The path itself, or `vcs.bad_path`."""
    parts = path.split("/")
    if (
        not path
        or len(path.encode("utf-8", "replace")) > 1024
        or "\\" in path
        or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in path)
        or any(part in ("", ".", "..") or len(part.encode()) > 255 for part in parts)
        or re.match(r"[A-Za-z]:", path)
        or any(_is_git(part) for part in parts)
    ):
        raise _bad(path)
    return path


def check_inside(folder: Path, path: str) -> Path:
    """Where the path lies in the folder; refused when a symbolic link stands in its way."""
    place = folder
    *parents, name = check_path(path).split("/")
    for part in parents:
        place = place / part
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            raise _bad(path)
    place = place / name
    if place.is_symlink() or place.is_dir():
        raise _bad(path)
    return place


def _is_git(part: str) -> bool:
    plain = _IGNORED.sub("", part).lower().split(":")[0].rstrip(". ")
    return plain in (".git", "git~1", ".gitmodules", ".lfsconfig")


def _bad(path: str) -> DirectorError:
    return DirectorError(
        "vcs.bad_path",
        f"{path[:80]!r} cannot be committed.",
        hint="A path is relative to the project's folder, stays inside it, goes through no "
        "symbolic link, and names nothing of git itself.",
    )
