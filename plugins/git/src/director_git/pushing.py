"""Taking in a push from a stock client: into quarantine, looked at, let in or refused, reported.

This is what `git receive-pack` does, with one difference: it decides by programs that lie in the
repository or beside it (hooks), and lets everything through where they are missing or cannot be
run. Here the studio decides in its own process, and no hook is ever looked for. Packs are read and
checked by git itself (`index-pack --strict`), and branches are moved by it, all or none.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from node_registry import (
    BranchUpdate,
    Commit,
    DirectorError,
    FileChange,
    MediaFile,
    PushedFile,
    PushGate,
)

from .branches import HEADS, check_name, main_ref
from .checkout import bring_up, check_clean
from .contents import MAX_CHANGES, POINTER, Contents
from .locks import Writing, writing
from .objects import keep_objects
from .packets import FLUSH, PacketReader, bad_request, banded, packet
from .paths import check_path
from .program import failure, git
from .quarantine import Quarantine, quarantine
from .streams import MEMORY_OF_PACKS, running
from .upkeep import deletion

MAX_REFS = 50
MAX_COMMITS = 5000
TOLD = 100
NOTHING = re.compile("0+")
_CAPABILITIES = "report-status side-band-64k delete-refs quiet atomic ofs-delta agent=director"
_COMMAND = re.compile(
    rb"([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) ([^\0\n]+)(?:\0(.*))?\n?", re.DOTALL
)
_MODES = {
    "120000": "is a symbolic link; only plain files are kept here",
    "160000": "is a submodule; a project is one repository",
    "100755": "is marked as a program. Run `git update-index --chmod=-x` on it",
}


async def advertise_push(folder: Path) -> AsyncIterator[bytes]:
    """What `git push` asks for first: the branches that there are."""
    printed = await git(folder, "for-each-ref", "--format=%(objectname) %(refname)", HEADS)
    lines = printed.decode().splitlines()
    form = await git(folder, "rev-parse", "--show-object-format")
    told = f"{_CAPABILITIES} object-format={form.decode().strip()}"
    nobody = "0" * (64 if b"sha256" in form else 40)
    first, *rest = lines or [f"{nobody} capabilities^{{}}"]
    yield packet("# service=git-receive-pack\n") + FLUSH
    yield packet(f"{first}\0{told}\n") + b"".join(packet(f"{line}\n") for line in rest) + FLUSH


async def receive(
    folder: Path, body: AsyncIterator[bytes], gate: PushGate, limit: int
) -> AsyncIterator[bytes]:
    """Take in a push, whole or not at all, and answer it as the protocol wants."""
    reader = PacketReader(body)
    lines = await reader.lines(MAX_REFS)
    if not lines:
        # A client that tries whether it may push.
        return
    commands, capabilities = _commands(lines)
    refs = [ref for ref, _, _ in commands]
    try:
        updates = await _updates(folder, commands)
        with quarantine(folder) as place:
            if any(update.after for update in updates):
                await _unpack(folder, place, reader.rest(), limit)
            # What is decided is done to its end, also when the client goes away.
            work = asyncio.create_task(_take_in(folder, place, updates, gate))
            try:
                await asyncio.shield(work)
            except asyncio.CancelledError:
                await asyncio.wait({work})
                raise
    except DirectorError as refusal:
        if refusal.status >= 500 and refusal.code != "vcs.corrupt":
            short = "the studio cannot take it just now"
        else:
            short = "refused, see above"
        yield _report(capabilities, refs, short, f"{refusal.message}\n{refusal.hint}".strip())
        return
    yield _report(capabilities, refs, "", "")


class IncomingPush:
    """A push that waits in quarantine; see `node_registry.Push`."""

    def __init__(self, contents: Contents, updates: Sequence[BranchUpdate]) -> None:
        self._contents = contents
        self.updates: Sequence[BranchUpdate] = updates
        self.commits: Sequence[Commit] = ()
        self.files: Sequence[PushedFile] = ()
        self.count = 0

    async def look(self) -> None:
        """Find out what it brings. Raises `vcs.refused` for what no repository here may hold."""
        tips = [update.after for update in self.updates if update.after is not None]
        if not tips:
            return
        await self._contents.check_connected(tips)
        ids = await self._contents.new_commits(tips, MAX_COMMITS + 1)
        if len(ids) > MAX_COMMITS:
            raise refused(f"This has more than {MAX_COMMITS:,} commits.", "Push it in parts.")
        self.count = len(ids)
        self.commits = await self._contents.commits(ids[:TOLD])
        changes = [c for c in await self._contents.changes_of(ids) if c.mode != "000000"]
        for change in changes:
            check_path(change.path)
            if why := _MODES.get(change.mode):
                raise refused(f"{change.path[:80]!r} {why}.", "Then commit again, and push.")
            if change.mode != "100644":
                raise refused(f"{change.path[:80]!r} is no plain file.", "Remove it.")
        seen = {(change.path, change.after) for change in changes}
        if len(seen) > MAX_CHANGES:
            raise refused(f"This changes more than {MAX_CHANGES:,} files.", "Push it in parts.")
        sizes = await self._contents.sizes(identity for _, identity in seen)
        small = [one for one, size in sizes.items() if 0 < size <= POINTER]
        pointers = await self._contents.pointers(small)
        self.files = [
            PushedFile(
                path=path,
                size=sizes.get(identity, 0),
                digest=pointers[identity][0] if identity in pointers else None,
                media_size=pointers[identity][1] if identity in pointers else 0,
            )
            for path, identity in sorted(seen)
        ]

    async def read(self, commit: str, path: str) -> bytes | None:
        return await self._contents.read(commit, path)

    async def changes(self, before: str | None, after: str) -> list[FileChange]:
        return await self._contents.changes(before, after)

    async def paths(self, commit: str) -> list[str]:
        return await self._contents.paths(commit)


async def _take_in(
    folder: Path, place: Quarantine, updates: Sequence[BranchUpdate], gate: PushGate
) -> None:
    contents = Contents(folder, place.extra)
    push = IncomingPush(contents, updates)
    await push.look()
    await gate.inspect(push)
    async with writing(folder) as held:
        changes: list[FileChange] = []
        for update in updates:
            await _check_current(folder, contents, update)
            if update.main and update.after is not None:
                changes = await contents.changes(update.before, update.after)
                await check_clean(folder, contents, changes)
        media: Sequence[MediaFile] = await gate.admit(push)
        await asyncio.to_thread(keep_objects, folder, media)
        await _move(folder, place, updates, held, changes)
    await gate.done(push)


async def _move(
    folder: Path,
    place: Quarantine,
    updates: Sequence[BranchUpdate],
    held: Writing,
    changes: Sequence[FileChange],
) -> None:
    await asyncio.to_thread(place.release)
    main = next((update for update in updates if update.main), None)
    if main is not None:
        held.moving(main.before)
    nobody = "0" * max(len(update.after or update.before or "") for update in updates)
    lines = [
        f"update {HEADS}{update.branch} {update.after or nobody} {update.before or nobody}\n"
        if update.after is not None or update.before is None
        else deletion(f"{HEADS}{update.branch}", update.before)
        for update in updates
    ]
    await git(folder, "update-ref", "--stdin", feed="".join(lines).encode())
    if main is not None:
        await bring_up(folder, Contents(folder), changes)
        held.moved()


async def _unpack(folder: Path, place: Quarantine, pack: AsyncIterator[bytes], limit: int) -> None:
    """Write the pack into quarantine, each object of it looked at by git."""
    arguments = ("index-pack", "--stdin", "--fix-thin", "--strict", f"--max-input-size={limit}")
    async with running(
        folder, *arguments, fed=True, extra=place.extra, memory=MEMORY_OF_PACKS
    ) as process:
        assert process.stdin is not None
        try:
            async for chunk in pack:
                process.stdin.write(chunk)
                await process.stdin.drain()
            process.stdin.close()
        except ConnectionError:
            # It has seen enough, and says below why.
            async for _ in pack:
                pass
        async for _ in process.chunks():
            pass
        status, complaint = await process.outcome()
    if status == 0:
        return
    if re.search(r"exceeds maximum allowed size", complaint):
        raise refused(
            f"The push has more than {limit // 1_000_000:,} MB without its media.",
            "Media goes by Git LFS: see `git lfs migrate`.",
        )
    if re.search(r"No space left|Disk quota|[Oo]ut of memory|mmap failed", complaint):
        raise failure(folder, complaint)
    last = complaint.strip().splitlines()[-1:] or ["no reason given"]
    raise refused(
        f"Git found a fault in what was pushed: {re.sub(r'^(fatal|error): ', '', last[0])[:200]}.",
        "Run `git fsck` in your clone.",
    )


async def _updates(folder: Path, commands: list[tuple[str, str, str]]) -> list[BranchUpdate]:
    head = await main_ref(folder)
    found: list[BranchUpdate] = []
    for ref, before, after in commands:
        branch = ref.removeprefix(HEADS)
        if not ref.startswith(HEADS):
            raise refused(
                f"{ref[:80]!r} is no branch, and only branches are kept here.",
                "For a mark on a version, name it on the canvas.",
            )
        await check_name(folder, branch)
        if NOTHING.fullmatch(after) and ref == head:
            raise refused(f"{branch!r} is the project itself, and is not deleted.", "")
        found.append(
            BranchUpdate(
                branch=branch,
                before=None if NOTHING.fullmatch(before) else before,
                after=None if NOTHING.fullmatch(after) else after,
                main=ref == head,
            )
        )
    if len({update.branch for update in found}) < len(found):
        raise bad_request()
    return found


async def _check_current(folder: Path, contents: Contents, update: BranchUpdate) -> None:
    ref = f"{HEADS}{update.branch}"
    printed = await git(folder, "rev-parse", "-q", "--verify", ref, allow=(0, 1))
    if (printed.decode().strip() or None) != update.before:
        raise refused(
            f"Somebody moved {update.branch!r} meanwhile.", "Fetch first, then push again."
        )
    if update.before is None or update.after is None:
        return
    if not await contents.is_ancestor(update.before, update.after):
        raise refused(
            f"The push would take commits away from {update.branch!r} (non-fast-forward).",
            "Merge or rebase on what is there: `git pull`, then push again.",
        )


def _commands(lines: list[bytes]) -> tuple[list[tuple[str, str, str]], frozenset[str]]:
    commands: list[tuple[str, str, str]] = []
    capabilities: frozenset[str] = frozenset()
    for line in lines:
        if line.startswith(b"shallow "):
            # The history behind is here: a shallow clone need not tell where its own begins.
            continue
        match = _COMMAND.fullmatch(line)
        if match is None:
            raise bad_request()
        before, after, ref, told = match.groups()
        try:
            name = ref.decode()
        except UnicodeDecodeError:
            raise bad_request() from None
        if told is not None:
            capabilities = frozenset(told.decode("utf-8", "replace").split())
        commands.append((name, before.decode(), after.decode()))
    if not commands:
        raise bad_request()
    return commands, capabilities


def _report(capabilities: frozenset[str], refs: list[str], short: str, sentence: str) -> bytes:
    lines = [packet("unpack ok\n")]
    lines += [packet(f"ng {ref} {short}\n" if short else f"ok {ref}\n") for ref in refs]
    report = b"".join(lines) + FLUSH
    if "side-band-64k" not in capabilities:
        return report
    told = banded(2, f"{sentence}\n".encode()) if sentence else b""
    return told + banded(1, report) + FLUSH


def refused(sentence: str, hint: str) -> DirectorError:
    """The refusal of a push, told to who pushes."""
    return DirectorError("vcs.refused", sentence, hint=hint, status=409)
