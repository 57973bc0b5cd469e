"""Version control of a project's folder: text as it is, media as pointers to the storage."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Literal, Protocol

import msgspec


class Author(msgspec.Struct, frozen=True):
    """Who a commit is attributed to."""

    name: str
    email: str


class TextFile(msgspec.Struct, frozen=True, tag="text"):
    """A text file to commit: `path` is relative to the folder, with `/`."""

    path: str
    text: str


class MediaFile(msgspec.Struct, frozen=True, tag="media"):
    """A media file to commit as a Git LFS pointer: its SHA-256 (hex) and size in bytes.

    `source` is where its bytes lie on this machine, never to be changed: the version control keeps
    them under a name of its own (a link, or a copy), so that its programs and clones find them.
    """

    path: str
    digest: str
    size: int
    source: Path | None = None


class Removal(msgspec.Struct, frozen=True, tag="removal"):
    """A path that is no longer part of the project."""

    path: str


class BinaryFile(msgspec.Struct, frozen=True, tag="binary"):
    """A small file to commit byte for byte: what is neither text of ours nor media."""

    path: str
    content: bytes


Change = TextFile | BinaryFile | MediaFile | Removal


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the history; `id` is the full object id, `at` in UTC."""

    id: str
    author: Author
    at: datetime
    message: str
    files: tuple[str, ...] = ()


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """A branch and its newest commit; `main` is the one that the folder is on."""

    name: str
    commit: Commit
    main: bool


class Divergence(msgspec.Struct, frozen=True, kw_only=True):
    """Two branches as they grew apart: commit ids of their newest commits and of the one that both
    come from (None: they have nothing in common). `commits` are the ones that only `theirs` has."""

    base: str | None
    ours: str
    theirs: str
    commits: int


class BranchUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """What a push does to a branch: the commit `before` (None: it is new) and `after` (None: it is
    deleted). `main` is whether the folder is on this branch."""

    branch: str
    before: str | None
    after: str | None
    main: bool


class PushedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file as one of the pushed commits has it: `size` in bytes of what the history keeps.

    Of a media file that is a pointer: `digest` and `media_size` are those of its bytes.
    """

    path: str
    size: int
    digest: str | None = None
    media_size: int = 0


class FileChange(msgspec.Struct, frozen=True, kw_only=True):
    """A path that differs between two commits, with the id of its content before and after."""

    path: str
    before: str | None
    after: str | None


class Push(Protocol):
    """What somebody wants to push. Nothing of it is in the repository yet."""

    updates: Sequence[BranchUpdate]
    commits: Sequence[Commit]
    """The newest of the pushed commits, newest first; at most a hundred."""
    count: int
    """How many commits there are."""
    files: Sequence[PushedFile]
    """Every file that a pushed commit brings or changes, once for each content."""

    async def read(self, commit: str, path: str) -> bytes | None:
        """A file as a commit has it, what the history keeps of it; None if it has no such file."""
        ...

    async def changes(self, before: str | None, after: str) -> list[FileChange]:
        """The files that differ between two commits; before the first there were none."""
        ...

    async def paths(self, commit: str) -> list[str]:
        """All files of a commit."""
        ...


class PushGate(Protocol):
    """What decides about a push. It refuses by raising a `DirectorError`, which is shown."""

    async def inspect(self, push: Push) -> None:
        """Look at a push while others may still write to the repository."""
        ...

    async def admit(self, push: Push) -> Sequence[MediaFile]:
        """Let a push in, and do what belongs to it; nobody else writes to the repository.

        Returns where the bytes of its media files lie. What is pushed becomes part of the
        repository right after.
        """
        ...

    async def done(self, push: Push) -> None:
        """The push is part of the repository, and others may write to it again."""
        ...


Purpose = Literal["fetch", "push"]


class VersionControl(Protocol):
    """Versions of one folder at a time. Errors are `DirectorError` with `vcs.…` codes.

    `advertise`, `fetch` and `receive` speak the version control's own protocol with its stock
    clients; the caller has seen to the rights, and carries the bytes.
    """

    async def create(self, folder: Path, author: Author, changes: Sequence[Change]) -> Commit:
        """Make a new repository in an existing folder, with one first commit of `changes`.

        The files of `changes` are written to the folder too, except media.
        """
        ...

    async def commit(
        self,
        folder: Path,
        author: Author,
        message: str,
        changes: Sequence[Change],
        *,
        merges: Divergence | None = None,
    ) -> Commit | None:
        """Commit exactly these changes, whatever else lies in the folder; None if nothing differs.

        Text files are written to the folder. Media files are not: the caller links them there.
        What the version control needs of their bytes it takes from their `source`. With `merges`
        the commit joins `theirs` to `ours`, which must still be the newest (`vcs.moved`).
        """
        ...

    async def media_digests(self, folder: Path) -> set[str]:
        """The SHA-256 of all media that any commit of any branch names.

        The studio removes no bytes that are among them.
        """
        ...

    async def tidy(self, folder: Path, *, keep: timedelta) -> int | None:
        """Make the history smaller: pack it, and remove what no branch, also none that was deleted,
        has reached for longer than `keep`.

        How many bytes were freed; None when there was too little to gain. Called once a day.
        """
        ...

    async def history(
        self, folder: Path, *, limit: int = 50, before: str | None = None, branch: str | None = None
    ) -> list[Commit]:
        """The newest commits of a branch (None: the folder's) first, those after `before`."""
        ...

    async def branches(self, folder: Path) -> list[Branch]:
        """All branches, in the order of their names."""
        ...

    async def create_branch(self, folder: Path, name: str, start: str) -> Branch:
        """Make a branch that begins at a commit, or where another branch is.

        Raises `vcs.bad_branch`, `vcs.branch_exists`, `vcs.unknown_commit`.
        """
        ...

    async def delete_branch(self, folder: Path, name: str) -> None:
        """Remove a branch; its commits stay until `tidy` removes them.

        Raises `vcs.no_branch`, and `vcs.main_branch` for the folder's own.
        """
        ...

    async def divergence(self, folder: Path, branch: str) -> Divergence:
        """How a branch and the folder's own grew apart. Raises `vcs.no_branch`."""
        ...

    async def changes(self, folder: Path, before: str | None, after: str) -> list[FileChange]:
        """The files that differ between two commits; before the first there were none."""
        ...

    def advertise(
        self, folder: Path, purpose: Purpose, *, protocol: str = ""
    ) -> AsyncIterator[bytes]:
        """What a client hears first: the branches, and what it may ask for.

        `protocol` is the version that the client proposes, as it wrote it.
        """
        ...

    def fetch(
        self, folder: Path, request: IO[bytes], *, protocol: str = ""
    ) -> AsyncIterator[bytes]:
        """Answer a client's request for history; `request` is an open file at its start."""
        ...

    def receive(
        self, folder: Path, body: AsyncIterator[bytes], gate: PushGate, *, limit: int
    ) -> AsyncIterator[bytes]:
        """Take in a push of at most `limit` bytes, whole or not at all, if `gate` lets it in.

        The folder's files follow its branch. A refusal is part of the answer, and no error.
        """
        ...

    async def read(self, folder: Path, commit: str, path: str) -> bytes | None:
        """A file as a commit has it, what the history keeps of it; None if it has no such file."""
        ...


class VersionControlSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A version control system. `factory` makes it, and starts nothing by itself."""

    name: str
    factory: Callable[[], VersionControl]
