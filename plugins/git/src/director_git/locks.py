"""One writer for each repository, and locks that the dead left behind."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from weakref import WeakValueDictionary

from .checkout import finish
from .program import locked

if sys.platform != "win32":
    import fcntl

PATIENCE = 10.0
ABANDONED = 15 * 60.0
NOTE = b"writing\n"
MOVING = b"moving "
"""In the note: the branch is about to move on from this commit, and the files have to follow."""

_locks: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()


class Writing:
    """The right to write to a repository, and the note that tells how far it came."""

    def __init__(self, note: BinaryIO) -> None:
        self._note = note
        self.unfinished = b""

    def moving(self, before: str | None) -> None:
        """From here on, whoever comes next lets the folder follow its branch, until `moved`."""
        self.unfinished = MOVING + (before or "").encode() + b"\n"
        self._note.write(self.unfinished)
        self._note.flush()
        os.fsync(self._note.fileno())

    def moved(self) -> None:
        """The folder is what its branch says."""
        self.unfinished = b""


@asynccontextmanager
async def writing(folder: Path) -> AsyncIterator[Writing]:
    """Be the only one of the studio's processes that writes to a repository, and hold off git.

    `.git/index.lock` is git's own lock: while it is ours, nobody's `git commit` comes between our
    commit and the index that belongs to it. A note in `.git/director.lock` says when it is ours,
    so that the next writer removes it at once after a crash, and never takes away another's.
    """
    key = (id(asyncio.get_running_loop()), str(folder))
    lock = _locks.setdefault(key, asyncio.Lock())
    async with lock:
        repository = folder / ".git"
        with (repository / "director.lock").open("a+b") as note:
            await _hold(note)
            note.seek(0)
            left = note.read()
            if NOTE in left:
                _clear(repository)
            mine = Writing(note)
            if MOVING in left:
                mine.unfinished = left[left.rindex(MOVING) :].splitlines()[0] + b"\n"
            _rewrite(note, mine.unfinished)
            index = repository / "index.lock"
            await _claim(index, note)
            try:
                if mine.unfinished:
                    await finish(folder, mine.unfinished.removeprefix(MOVING).strip().decode())
                    mine.moved()
                yield mine
            finally:
                index.unlink(missing_ok=True)
                _rewrite(note, mine.unfinished)


def _rewrite(note: BinaryIO, content: bytes) -> None:
    note.truncate(0)
    note.write(content)
    note.flush()


async def _hold(note: BinaryIO) -> None:
    if sys.platform == "win32":
        return
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise locked() from None
            await asyncio.sleep(0.02)


async def _claim(index: Path, note: BinaryIO) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            # The note comes second: a crash in between costs a wait until the lock counts as
            # abandoned, where a note without the lock would cost somebody else theirs.
            os.close(os.open(index, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
            note.write(NOTE)
            note.flush()
            return
        except FileExistsError:
            if _cleared(index):
                continue
            if time.monotonic() > until:
                raise locked() from None
            await asyncio.sleep(0.05)


def _clear(repository: Path) -> None:
    # The writer that left its note is dead, for the lock on the note went with it.
    for path in (
        repository / "index.lock",
        repository / "director-index",
        repository / "director-index.lock",
        repository / "HEAD.lock",
        *(repository / "refs" / "heads").rglob("*.lock"),
        *(repository / "objects" / "pack").glob("tmp_*"),
    ):
        path.unlink(missing_ok=True)


def _cleared(index: Path) -> bool:
    """Whether a lock that nobody can still hold was there, and was removed."""
    try:
        if time.time() - index.stat().st_mtime < ABANDONED:
            return False
    except FileNotFoundError:
        return False
    if _git_runs_in(index.parent.parent.resolve()):
        return False
    index.unlink(missing_ok=True)
    return True


def _git_runs_in(folder: Path) -> bool:
    # A commit whose message is being written holds the lock for as long as its editor is open.
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "comm").read_text().startswith("git"):
                here = (process / "cwd").resolve()
                if here == folder or folder in here.parents:
                    return True
    return False
