"""Committing with git: exactly the given changes, whatever else lies in the folder or the index.

Blobs, trees and commit go through one `git fast-import`; the index that people see is brought up
to date for the same paths alone. No filter and no hook ever runs, and no git-lfs is needed.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import uuid4

from node_registry.version_control import Purpose

from node_registry import (
    Author,
    BinaryFile,
    Branch,
    Change,
    Commit,
    DirectorError,
    Divergence,
    FileChange,
    MediaFile,
    PushGate,
    Removal,
    TextFile,
)

from . import branches
from .contents import Contents
from .fetching import advertise_fetch, fetch
from .history import read_history
from .index import settle_stats
from .locks import writing
from .named_media import named_media
from .objects import keep_objects
from .paths import check_inside, check_path
from .pointers import pointer
from .program import failure, git, no_repository
from .pushing import advertise_push, receive
from .stream import Entry, blob_id, clean_author, commit_stream, entries_of, index_lines
from .upkeep import tidy

FIRST = "Create the project"
TRIES = 3

# Whoever works in the folder by hand must not add media as whole blobs, also without git-lfs:
# a required filter makes `git add` fail instead.
_LFS = (
    '[filter "lfs"]\n'
    "\tclean = git-lfs clean -- %f\n"
    "\tsmudge = git-lfs smudge -- %f\n"
    "\tprocess = git-lfs filter-process\n"
    "\trequired = true\n"
)


class GitVersionControl:
    """Project folders as git repositories, with LFS pointers in place of media."""

    async def create(self, folder: Path, author: Author, changes: Sequence[Change]) -> Commit:
        """Make a repository in an existing folder; on any failure no `.git` is left there."""
        if (folder / ".git").exists():
            raise DirectorError(
                "vcs.exists",
                "The folder is a git repository already.",
                hint="Choose an empty folder for the new project.",
                status=409,
            )
        try:
            await git(
                folder, "init", "--quiet", "--initial-branch=main", "--template=",
                repository=False,
            )  # fmt: skip
            with (folder / ".git" / "config").open("a", encoding="utf-8") as config:
                config.write(_LFS)
            commit = await self._commit(folder, author, FIRST, changes, first=True)
        except BaseException:
            await asyncio.to_thread(shutil.rmtree, folder / ".git", True)
            raise
        assert commit is not None, "a first commit always differs"
        return commit

    async def commit(
        self,
        folder: Path,
        author: Author,
        message: str,
        changes: Sequence[Change],
        *,
        merges: Divergence | None = None,
    ) -> Commit | None:
        """Commit exactly these changes on the branch that the folder is on."""
        return await self._commit(folder, author, message, changes, first=False, merges=merges)

    async def history(
        self, folder: Path, *, limit: int = 50, before: str | None = None, branch: str | None = None
    ) -> list[Commit]:
        """The newest commits first; what a merge brought is listed with the merge's own files."""
        if branch is not None:
            await branches.check_there(folder, branch)
        return await asyncio.to_thread(read_history, folder, limit, before, branch)

    async def branches(self, folder: Path) -> list[Branch]:
        """All branches, in the order of their names."""
        return await branches.list_branches(folder)

    async def create_branch(self, folder: Path, name: str, start: str) -> Branch:
        """Make a branch that begins at a commit, or where another branch is."""
        async with writing(folder):
            return await branches.create(folder, name, start)

    async def delete_branch(self, folder: Path, name: str) -> None:
        """Remove a branch; its commits are pruned later, by `tidy`."""
        async with writing(folder):
            await branches.delete(folder, name)

    async def divergence(self, folder: Path, branch: str) -> Divergence:
        """How a branch and the folder's own grew apart."""
        return await branches.divergence(folder, branch)

    async def changes(self, folder: Path, before: str | None, after: str) -> list[FileChange]:
        """The files that differ between two commits."""
        return await Contents(folder).changes(before, after)

    def advertise(
        self, folder: Path, purpose: Purpose, *, protocol: str = ""
    ) -> AsyncIterator[bytes]:
        """The branches and tags, for `git clone`, `git fetch` and `git push`."""
        return advertise_push(folder) if purpose == "push" else advertise_fetch(folder, protocol)

    def fetch(
        self, folder: Path, request: IO[bytes], *, protocol: str = ""
    ) -> AsyncIterator[bytes]:
        """Answer `git clone` and `git fetch`, by git's own upload-pack."""
        return fetch(folder, request, protocol)

    def receive(
        self, folder: Path, body: AsyncIterator[bytes], gate: PushGate, *, limit: int
    ) -> AsyncIterator[bytes]:
        """Take in `git push`: see `pushing`."""
        return receive(folder, body, gate, limit)

    async def read(self, folder: Path, commit: str, path: str) -> bytes | None:
        """What the history keeps of a file in a commit."""
        return await Contents(folder).read(commit, path)

    async def media_digests(self, folder: Path) -> set[str]:
        """The digests of all media that any commit names."""
        return await named_media(folder)

    async def tidy(self, folder: Path, *, keep: timedelta) -> int | None:
        """Pack the repository, and prune what was not reachable for longer than `keep`."""
        return await tidy(folder, keep)

    async def _commit(
        self,
        folder: Path,
        author: Author,
        message: str,
        changes: Sequence[Change],
        *,
        first: bool,
        merges: Divergence | None = None,
    ) -> Commit | None:
        if not (folder / ".git").is_dir() or (folder / ".git").is_symlink():
            raise no_repository()
        wanted = _wanted(changes)
        async with writing(folder):
            await asyncio.to_thread(keep_objects, folder, changes)
            await asyncio.to_thread(_write_texts, folder, changes)
            await _normalise(folder, wanted, changes)
            for attempt in range(TRIES):
                branch, parent = await _head(folder, first=first)
                if merges is not None and parent != merges.ours:
                    raise _moved()
                different = await _different(folder, parent, wanted)
                if not different and not first and merges is None:
                    return None
                parents = [parent, *([merges.theirs] if merges is not None else [])]
                commit = await _record(folder, branch, parents, author, message, different, changes)
                if commit is not None:
                    return commit
                # Somebody moved the branch in between: look again at what differs now.
                await asyncio.sleep(0.05 * attempt)
        raise DirectorError(
            "vcs.busy",
            "The branch of the project's folder moves all the time.",
            hint="Wait until the other program has finished, then try again.",
            status=409,
        )


def _wanted(changes: Sequence[Change]) -> dict[str, bytes | None]:
    wanted: dict[str, bytes | None] = {}
    for change in changes:
        match change:
            case TextFile(path, text):
                wanted[check_path(path)] = text.encode("utf-8", "replace")
            case BinaryFile(path, content):
                wanted[check_path(path)] = content
            case MediaFile(path):
                wanted[check_path(path)] = pointer(change)
            case Removal(path):
                wanted[check_path(path)] = None
    kept = {path for path, content in wanted.items() if content is not None}
    for path in kept:
        parts = path.split("/")
        if any("/".join(parts[:count]) in kept for count in range(1, len(parts))):
            raise DirectorError(
                "vcs.bad_path",
                f"{path[:80]!r} lies below a file of the same commit.",
                hint="A name is a file or a folder, not both.",
            )
    return wanted


def _write_texts(folder: Path, changes: Sequence[Change]) -> None:
    last = {change.path: change for change in changes}
    for change in last.values():
        if isinstance(change, Removal):
            check_inside(folder, change.path).unlink(missing_ok=True)
    for change in last.values():
        place = check_inside(folder, change.path)
        if isinstance(change, TextFile):
            _write_text(place, change.text.encode("utf-8", "replace"))
        elif isinstance(change, BinaryFile):
            _write_text(place, change.content)


def _write_text(place: Path, content: bytes) -> None:
    with suppress(FileNotFoundError):
        if place.read_bytes() == content:
            return
    temporary = place.with_name(f".{uuid4().hex}.tmp")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            file.write(content)
        os.replace(temporary, place)
    except OSError as error:
        raise failure(place.parent, f"error: {error.strerror}") from error
    finally:
        temporary.unlink(missing_ok=True)


async def _normalise(
    folder: Path, wanted: dict[str, bytes | None], changes: Sequence[Change]
) -> None:
    # Git keeps text with plain line ends where .gitattributes says so. A blob with others would
    # look changed for ever to everybody who runs `git status`.
    texts = {change.path for change in changes if isinstance(change, TextFile)}
    paths = [path for path in texts if b"\r\n" in (wanted[path] or b"")]
    if not paths:
        return
    printed = await git(
        folder, "check-attr", "-z", "--stdin", "text",
        feed="".join(f"{path}\0" for path in paths).encode(),
    )  # fmt: skip
    fields = printed.decode().split("\0")
    for path, value in zip(fields[0::3], fields[2::3], strict=False):
        content = wanted[path]
        if content is not None and value in ("set", "auto"):
            wanted[path] = content.replace(b"\r\n", b"\n")


async def _head(folder: Path, *, first: bool) -> tuple[str, str | None]:
    branch = (await git(folder, "symbolic-ref", "-q", "HEAD", allow=(0, 1))).decode().strip()
    if not branch:
        raise DirectorError(
            "vcs.detached",
            "The project's folder is on no branch.",
            hint="Run `git switch main` in the project's folder, then try again.",
            status=409,
        )
    parent = await git(folder, "rev-parse", "-q", "--verify", "HEAD^{commit}", allow=(0, 1))
    if not parent.strip():
        if (folder / ".git" / branch).exists():
            raise failure(folder, "error: the branch's ref is corrupt")
        return branch, None
    return branch, parent.decode().strip()


async def _different(
    folder: Path, parent: str | None, wanted: dict[str, bytes | None]
) -> list[Entry]:
    there: dict[str, tuple[str, str]] = {}
    if parent is not None:
        # A few names are asked for one by one, many are found in the whole list.
        names = ("--", *wanted) if len(wanted) <= 100 else ("-r",)
        there = entries_of(await git(folder, "ls-tree", "-z", "--full-tree", parent, *names))
    different: list[Entry] = []
    for path, content in sorted(wanted.items()):
        mode, identity = there.get(path, ("", ""))
        if mode == "040000":
            raise DirectorError(
                "vcs.bad_path",
                f"{path[:80]!r} is a folder in the project.",
                hint="Name each file that changes.",
            )
        if content is None:
            if identity:
                different.append(Entry(path, None, ""))
            continue
        wide = len(parent or "") == 64
        wanted_id = blob_id(content, wide=wide)
        if (mode, identity) != ("100644", wanted_id):
            different.append(Entry(path, content, wanted_id))
    return different


async def _record(
    folder: Path,
    branch: str,
    parents: Sequence[str | None],
    author: Author,
    message: str,
    different: list[Entry],
    changes: Sequence[Change],
) -> Commit | None:
    at = datetime.now(UTC).replace(microsecond=0)
    repository = folder / ".git"
    index = repository / "director-index"
    wide = len(parents[0] or "") == 64
    try:
        if (repository / "index").exists():
            await asyncio.to_thread(shutil.copyfile, repository / "index", index)
        await git(
            folder, "update-index", "-z", "--replace", "--index-info",
            feed=index_lines(different, wide=wide), extra={"GIT_INDEX_FILE": str(index)},
        )  # fmt: skip
        stream = commit_stream(branch, parents, author, message, at, different)
        media = [change.path for change in changes if isinstance(change, MediaFile)]
        # Whoever is cancelled here waits: a branch that moved without its index would tell people
        # of deletions that are none.
        moving = asyncio.ensure_future(_move(folder, branch, stream, index, media))
        try:
            identity = await asyncio.shield(moving)
        except asyncio.CancelledError:
            await asyncio.wait({moving})
            if not moving.cancelled():
                moving.exception()
            raise
        if identity is None:
            return None
    finally:
        index.unlink(missing_ok=True)
        for crash in repository.glob("fast_import_crash_*"):
            crash.unlink(missing_ok=True)
    return Commit(
        id=identity,
        author=Author(*clean_author(author)),
        at=at,
        message=re.sub(r"\0", "", message).strip("\n"),
        files=tuple(entry.path for entry in different),
    )


async def _move(
    folder: Path, branch: str, stream: bytes, index: Path, media: list[str]
) -> str | None:
    """Store a commit and move the branch and the index to it; None where the branch had moved."""
    printed = await git(folder, "fast-import", "--quiet", "--done", "--date-format=raw",
                        feed=stream, allow=(0, 1))  # fmt: skip
    identity = printed.decode().strip()
    if await _tip(folder, branch) != identity:
        return None
    await asyncio.to_thread(settle_stats, folder, index, media)
    os.replace(index, folder / ".git" / "index")
    return identity


def _moved() -> DirectorError:
    return DirectorError(
        "vcs.moved",
        "Somebody committed to the project meanwhile.",
        hint="Try again.",
        status=409,
    )


async def _tip(folder: Path, branch: str) -> str:
    return (await git(folder, "rev-parse", "-q", "--verify", branch, allow=(0, 1))).decode().strip()
