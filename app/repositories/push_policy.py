"""Which files a push may bring: names that every system can keep, media by LFS, no giants.

Pure rules on what a commit holds; who may push, and what a pushed canvas means, is decided in
`pushes.py`. A refusal is a sentence that git shows to who pushes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from app.projects import (
    CANVAS,
    IGNORED,
    TRACKED,
    check_name,
    gitattributes_text,
    is_media,
    is_text,
)
from node_registry import DirectorError, FileChange, PushedFile

MAX_CANVAS = 64_000_000
MAX_TEXT = 10_000_000
MAX_OTHER = 1_000_000
MAX_FILES = 20_000
DEEPEST = 16
OWN = (".gitignore", ".gitattributes", ".gitkeep")

_ATTRIBUTE = re.compile(
    r"text|-text|text=auto|binary|eol=lf|filter=lfs|diff=lfs|merge=lfs|-diff|linguist-[\w=-]+"
)


def check_files(files: Iterable[PushedFile]) -> None:
    """See that each file that a pushed commit brings may lie in a project. Raises `push.…`."""
    for file in files:
        check_place(file.path)
        name = PurePosixPath(file.path).name
        if is_media(name) and file.digest is None and file.size:
            raise refused(
                "push.media_in_git",
                f"{file.path[:80]!r} is media, and was committed whole instead of by Git LFS.",
                "Install git-lfs, run `git lfs migrate import` on your commits, then push again.",
            )
        most = _most(file.path)
        if file.digest is None and file.size > most:
            raise refused(
                "push.too_large",
                f"{file.path[:80]!r} has {file.size:,} bytes; a file of this kind has at most "
                f"{most:,} in git.",
                "Keep it by Git LFS: `git lfs track`, then `git lfs migrate import`.",
            )


def check_tree(paths: Sequence[str]) -> None:
    """See that the files of a commit can lie side by side on every system. Raises `push.…`."""
    if len(paths) > MAX_FILES:
        raise refused(
            "push.too_many_files", f"A project has at most {MAX_FILES:,} files in git.", ""
        )
    seen: dict[str, str] = {}
    for path in paths:
        parts = path.split("/")
        for count in range(1, len(parts) + 1):
            part = "/".join(parts[:count])
            key = unicodedata.normalize("NFC", part).casefold()
            if seen.setdefault(key, part) != part:
                raise refused(
                    "push.same_name",
                    f"{part[:80]!r} and {seen[key][:80]!r} are one name on some systems.",
                    "Rename one of them.",
                )


def check_main(paths: Sequence[str], changes: Sequence[FileChange]) -> None:
    """See that what becomes the project itself is one still, and overwrites no take."""
    folders = {str(parent) for path in paths for parent in PurePosixPath(path).parents}
    for leaf in TRACKED:
        if leaf not in folders:
            raise refused(
                "push.no_folder",
                f"The folder {leaf!r} is part of every project.",
                f"Bring it back, with a file {leaf}/.gitkeep in it.",
            )
    check_renders(changes)


def check_renders(changes: Sequence[FileChange]) -> None:
    """See that no take is overwritten, removed or invented. Raises `push.takes`."""
    for change in changes:
        if change.path.startswith("03_Renders/") and not change.path.endswith("/.gitkeep"):
            done = "changed or removed" if change.before else "added"
            raise refused(
                "push.takes",
                f"{change.path[:80]!r} was {done}: takes are made by the studio alone, and stay.",
                "Take this change out of your commits; media of your own belongs into "
                "01_Assets/Source_Media.",
            )


def check_attributes(content: bytes | None) -> None:
    """See that .gitattributes still sends all media to Git LFS. Raises `push.attributes`."""
    try:
        lines = (content or b"").decode().splitlines()
    except UnicodeDecodeError:
        lines = []
    wanted = gitattributes_text().splitlines()
    if missing := [line for line in wanted if line not in lines]:
        raise refused(
            "push.attributes",
            f".gitattributes lacks {missing[0][:80]!r}, which every project has.",
            "Bring the line back: media would enter git as it is.",
        )
    for line in lines:
        pattern, *attributes = line.split() or ["#"]
        if pattern.startswith("#") or line in wanted:
            continue
        bad = [one for one in attributes if _ATTRIBUTE.fullmatch(one) is None]
        if pattern.startswith(("[", "!")) or bad:
            raise refused(
                "push.attributes",
                f".gitattributes says {line[:80]!r}, which is not taken here.",
                "Files may be declared text, binary, or kept by LFS.",
            )


def check_place(path: str) -> None:
    """See that a file may lie at this path of a project. Raises `push.…`."""
    parts = path.split("/")
    for part in parts:
        try:
            check_name(part)
        except DirectorError as error:
            raise refused(
                "push.bad_name", f"{path[:80]!r}: {error.message}", "Rename it, also in the past."
            ) from error
    if len(parts) > DEEPEST:
        raise refused("push.bad_name", f"{path[:80]!r} lies too deep.", "Fewer folders will do.")
    if parts[0] in {name.partition("/")[0] for name in IGNORED}:
        raise refused(
            "push.ignored",
            f"{path[:80]!r} lies in a folder that is not kept in git.",
            f"Leave {parts[0]} out of your commits: .gitignore names it.",
        )
    if parts[-1].lower() == ".gitattributes" and len(parts) > 1:
        raise refused(
            "push.attributes", f"{path[:80]!r}: there is one .gitattributes, at the top.", ""
        )


def _most(path: str) -> int:
    if path == CANVAS:
        return MAX_CANVAS
    name = PurePosixPath(path).name
    return MAX_TEXT if is_text(name) or name in OWN else MAX_OTHER


def refused(code: str, sentence: str, hint: str) -> DirectorError:
    """The refusal of a push."""
    return DirectorError(code, sentence, hint=hint, status=409)
