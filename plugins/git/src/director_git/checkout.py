"""Bringing the folder's files and the index to a commit, without git's checkout.

Checkout would run filters, follow attributes and overwrite what somebody has not committed. Here
text is written as the history has it, media is linked from the objects of git-lfs, and a file that
somebody changed by hand stands in the way.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from node_registry import DirectorError, FileChange

from .contents import POINTER, Contents
from .index import settle_stats
from .objects import object_path
from .paths import check_inside
from .program import failure, git
from .stream import Entry, blob_id, index_lines


async def check_clean(folder: Path, contents: Contents, changes: Sequence[FileChange]) -> None:
    """See that nothing would be lost. Raises `vcs.dirty` for a file that nobody committed."""
    pointers = await _pointers(contents, changes)
    for change in changes:
        sides = (change.before, change.after)
        if not await asyncio.to_thread(_is_one_of, folder, change.path, sides, pointers):
            raise DirectorError(
                "vcs.dirty",
                f"In the studio's own copy, {change.path[:80]!r} has changes that nobody has "
                "committed.",
                hint="Commit or remove them there, then push again.",
                status=409,
            )


async def bring_up(folder: Path, contents: Contents, changes: Sequence[FileChange]) -> None:
    """Let these files be what they are after the changes, in the folder and in the index."""
    pointers = await _pointers(contents, changes)
    for change in changes:
        if change.after is None:
            await asyncio.to_thread(_remove, folder, change.path)
    for change in changes:
        if change.after is None:
            continue
        digest = pointers.get(change.after)
        if digest is None or not await asyncio.to_thread(_link, folder, change.path, digest):
            content = await contents.blob(change.after)
            await asyncio.to_thread(_write, folder, change.path, content)
    await _update_index(folder, changes)


async def finish(folder: Path, before: str) -> None:
    """Bring the folder up to its branch, which a dead process had moved on from this commit."""
    contents = Contents(folder)
    head = (
        await git(folder, "rev-parse", "-q", "--verify", "HEAD^{commit}", allow=(0, 1))
    ).decode()
    if head.strip():
        await bring_up(folder, contents, await contents.changes(before or None, head.strip()))


async def _update_index(folder: Path, changes: Sequence[FileChange]) -> None:
    repository = folder / ".git"
    index = repository / "director-index"
    entries = [
        Entry(change.path, None if change.after is None else b"", change.after or "")
        for change in changes
    ]
    wide = any(len(entry.identity) == 64 for entry in entries)
    try:
        if (repository / "index").exists():
            await asyncio.to_thread(shutil.copyfile, repository / "index", index)
        await git(
            folder, "update-index", "-z", "--replace", "--index-info",
            feed=index_lines(entries, wide=wide), extra={"GIT_INDEX_FILE": str(index)},
        )  # fmt: skip
        paths = [change.path for change in changes if change.after is not None]
        await asyncio.to_thread(settle_stats, folder, index, paths)
        os.replace(index, repository / "index")
    finally:
        index.unlink(missing_ok=True)


async def _pointers(contents: Contents, changes: Sequence[FileChange]) -> dict[str, str]:
    """The digests of those contents that are pointers."""
    ids = [one for change in changes for one in (change.before, change.after) if one is not None]
    sizes = await contents.sizes(ids)
    small = [one for one in ids if 0 < sizes.get(one, 0) <= POINTER]
    return {one: digest for one, (digest, _) in (await contents.pointers(small)).items()}


def _is_one_of(
    folder: Path, path: str, sides: Sequence[str | None], pointers: dict[str, str]
) -> bool:
    place = check_inside(folder, path)
    try:
        seen = place.stat()
    except FileNotFoundError:
        return True
    for side in sides:
        if side in pointers:
            with suppress(OSError):
                kept = object_path(folder, pointers[side]).stat()
                if (kept.st_dev, kept.st_ino) == (seen.st_dev, seen.st_ino):
                    return True
                if kept.st_size == seen.st_size and _digest(place) == pointers[side]:
                    return True
        if side is not None and blob_id(place.read_bytes(), wide=len(side) == 64) == side:
            return True
    return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _remove(folder: Path, path: str) -> None:
    place = check_inside(folder, path)
    place.unlink(missing_ok=True)
    parent = place.parent
    while parent != folder:
        # A folder that holds something stays, and so do those above it.
        try:
            parent.rmdir()
        except OSError:
            return
        parent = parent.parent


def _link(folder: Path, path: str, digest: str) -> bool:
    """Let an object of git-lfs appear at a path; False when it is not there."""
    kept = object_path(folder, digest)
    if not kept.is_file():
        return False
    with _replacing(folder, path) as temporary:
        try:
            os.link(kept, temporary)
        except OSError:
            shutil.copyfile(kept, temporary)
            temporary.chmod(0o444)
    return True


def _write(folder: Path, path: str, content: bytes) -> None:
    with _replacing(folder, path) as temporary:
        temporary.write_bytes(content)


@contextmanager
def _replacing(folder: Path, path: str) -> Iterator[Path]:
    """A new file that takes the place of the one at a path when the block is left."""
    place = check_inside(folder, path)
    temporary = place.with_name(f".{uuid4().hex}.tmp")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        os.replace(temporary, place)
    except OSError as error:
        raise failure(folder, f"error: {error.strerror}") from error
    finally:
        temporary.unlink(missing_ok=True)
