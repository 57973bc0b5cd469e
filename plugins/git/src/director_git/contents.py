"""Reading what commits hold: files, pointers and differences, within bounds.

A small pack can unpack to trees without end, so nothing here reads without counting.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from node_registry import Commit, DirectorError, FileChange

from .history import FORMAT, parse_commits
from .program import git
from .streams import running

MAX_CHANGES = 50_000
MAX_OUTPUT = 64 << 20
POINTER = 1024
"""No pointer is larger, so nothing larger is looked at for one."""

_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:([0-9a-f]{64})\nsize (\d{1,18})\n"
)


class RawChange(NamedTuple):
    """A line of `git diff-tree --raw`: modes and ids, of which zeros mean that there is none."""

    mode_before: str
    mode: str
    before: str
    after: str
    path: str


class Contents:
    """The commits of a repository; `extra` says where further objects lie."""

    def __init__(self, folder: Path, extra: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._extra = dict(extra or {})

    async def read(self, commit: str, path: str) -> bytes | None:
        """A file as a commit has it; None if it has no file of this name."""
        printed = await self._git("ls-tree", "-z", "--full-tree", commit, "--", path)
        match = re.match(rb"100\d{3} blob ([0-9a-f]+)\t", printed)
        return await self.blob(match[1].decode()) if match else None

    async def blob(self, identity: str) -> bytes:
        """The bytes of an object."""
        return await self._git("cat-file", "blob", identity)

    async def paths(self, commit: str) -> list[str]:
        """All files of a commit."""
        arguments = ("ls-tree", "-r", "-z", "--full-tree", "--name-only", commit)
        return [_text(path) async for path in self._fields(*arguments, most=4 * MAX_CHANGES)]

    async def changes(self, before: str | None, after: str) -> list[FileChange]:
        """The files that differ between two commits; before the first there were none."""
        if before is None:
            arguments = ("diff-tree", "-r", "-z", await self._empty_tree(), f"{after}^{{tree}}")
        else:
            arguments = ("diff-tree", "-r", "-z", before, after)
        return [
            FileChange(
                path=change.path,
                before=_identity(change.before),
                after=_identity(change.after),
            )
            for change in await self._raw(*arguments)
        ]

    async def changes_of(self, commits: Iterable[str]) -> list[RawChange]:
        """What each of these commits changes, a merge against each of its parents."""
        return await self._raw(
            "diff-tree", "--stdin", "-r", "-z", "--root", "-m", "--no-commit-id", feed=commits
        )

    async def new_commits(self, tips: Iterable[str], most: int) -> list[str]:
        """The commits that these bring to the branches that there are, newest first."""
        return [
            _text(line)
            async for line in self._fields(
                "rev-list", "--stdin", f"--max-count={most}", "--not", "--all",
                feed=tips, separator=b"\n", most=most,
            )
        ]  # fmt: skip

    async def check_connected(self, tips: Iterable[str]) -> None:
        """Raises `vcs.…` when anything that these lead to is missing."""
        arguments = ("rev-list", "--objects", "--stdin", "--not", "--all", "--quiet")
        await self._git(*arguments, feed="".join(f"{tip}\n" for tip in tips).encode())

    async def commits(self, ids: Iterable[str]) -> list[Commit]:
        """These commits, without their files."""
        feed = "".join(f"{identity}\n" for identity in ids).encode()
        if not feed:
            return []
        printed = await self._git(
            "log", "--stdin", "--no-walk=unsorted", "-z", f"--format={FORMAT}", feed=feed
        )
        return list(parse_commits(printed.decode("utf-8", "replace").split("\0")))

    async def sizes(self, ids: Iterable[str]) -> dict[str, int]:
        """The size of each of these files in bytes."""
        wanted = list(dict.fromkeys(ids))
        fields = self._fields(
            "cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)",
            feed=wanted, separator=b"\n", most=len(wanted),
        )  # fmt: skip
        found: dict[str, int] = {}
        async for line in fields:
            identity, kind, size = _text(line).split(" ")
            if kind == "blob":
                found[identity] = int(size)
        return found

    async def pointers(self, ids: Iterable[str]) -> dict[str, tuple[str, int]]:
        """Digest and size of those of these files that are pointers; all of them are small."""
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return {}
        feed = "".join(f"{identity}\n" for identity in wanted).encode()
        printed = await self._git("cat-file", "--batch", feed=feed)
        found: dict[str, tuple[str, int]] = {}
        at = 0
        while at < len(printed):
            end = printed.index(b"\n", at)
            identity, _, size = printed[at:end].decode().split(" ")
            content = printed[end + 1 : end + 1 + int(size)]
            at = end + 2 + int(size)
            if match := _POINTER.fullmatch(content):
                found[identity] = (match[1].decode(), int(match[2]))
        return found

    async def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether one commit is part of the other's history."""
        arguments = ("merge-base", "--is-ancestor", older, newer)
        async with running(self._folder, *arguments, extra=self._extra) as process:
            return await process.end(allow=(0, 1)) == 0

    async def _empty_tree(self) -> str:
        return (await self._git("mktree")).decode().strip()

    async def _raw(self, *arguments: str, feed: Iterable[str] | None = None) -> list[RawChange]:
        found: list[RawChange] = []
        facts = ""
        more = ("--raw", "--no-renames", "--no-abbrev", "--no-ext-diff")
        async for field in self._fields(
            arguments[0], *more, *arguments[1:], feed=feed, most=2 * MAX_CHANGES
        ):
            if not facts:
                facts = _text(field)
                continue
            mode_before, mode, before, after, _ = facts.removeprefix(":").split(" ")
            found.append(RawChange(mode_before, mode, before, after, _text(field)))
            facts = ""
        return found

    async def _fields(
        self,
        *arguments: str,
        feed: Iterable[str] | None = None,
        separator: bytes = b"\0",
        most: int,
    ) -> AsyncIterator[bytes]:
        """What git prints, in parts. Raises `vcs.too_much`."""
        with tempfile.TemporaryFile() as request:
            if feed is not None:
                request.write("".join(f"{line}\n" for line in feed).encode())
                request.seek(0)
            count, size, rest = 0, 0, b""
            given = None if feed is None else request
            async with running(
                self._folder, *arguments, request=given, extra=self._extra
            ) as process:
                async for chunk in process.chunks():
                    size += len(chunk)
                    *fields, rest = (rest + chunk).split(separator)
                    count += len(fields)
                    if count > most or size > MAX_OUTPUT:
                        raise _too_much()
                    for field in fields:
                        yield field
                await process.end()

    async def _git(self, *arguments: str, feed: bytes = b"") -> bytes:
        return await git(self._folder, *arguments, feed=feed, extra=self._extra)


def _identity(text: str) -> str | None:
    return text if text.strip("0") else None


def _text(field: bytes) -> str:
    try:
        return field.decode()
    except UnicodeDecodeError:
        raise DirectorError(
            "vcs.bad_path",
            f"A file has a name that is no UTF-8: {field.decode(errors='replace')[:80]!r}.",
            hint="Rename it, and leave the old name out of the history.",
        ) from None


def _too_much() -> DirectorError:
    return DirectorError(
        "vcs.too_much",
        f"This changes more than {MAX_CHANGES:,} files.",
        hint="Push it in smaller parts.",
        status=413,
    )
