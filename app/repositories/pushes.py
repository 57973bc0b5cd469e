"""What a push means for the project: the canvas in it becomes one step of the live graph.

A push is looked at twice: first while everybody works on (`inspect`), then alone (`admit`), where
it takes effect. The graph is changed before the branch is moved: should the process die in between,
the same push again finds nothing to change, and nothing is lost.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import PurePosixPath
from uuid import UUID

from app import collaboration, projects
from app.accounts import Actor
from app.graph import Graph, read_canvas
from app.media import ObjectStore, check_room, name_objects, objects_of
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.telemetry import get_logger
from app.projects import CANVAS, Project, ProjectManifest, Right, folders, read_manifest
from node_registry import BranchUpdate, DirectorError, MediaFile, Push

from . import file_locks, push_policy
from .bodies import unpacked
from .push_policy import refused
from .takes import check_takes
from .turns import Turns

log = get_logger(__name__)

MAX_PUSH = 256_000_000
"""Bytes of a push without its media, which come by LFS."""

PUSHES = 4
MANIFEST = "project.json"
ATTRIBUTES = ".gitattributes"

DECIDED = ("both_changed", "removed_by_us", "removed_by_them")
"""Reasons for which somebody has to decide; all others are faults of what was pushed."""

_pushing = Turns(PUSHES)


async def receive(
    actor: Actor, project: Project, body: AsyncIterator[bytes], encoding: str, store: ObjectStore
) -> AsyncIterator[bytes]:
    """Take in a push, for those who have seen to the rights; refusals are part of the answer."""
    await check_room(project.id)
    async with _pushing.turn():
        gate = Gate(actor, project, store)
        told = folders().vcs.receive(
            projects.folder_of(project),
            unpacked(body, encoding, MAX_PUSH + 1_000_000),
            gate,
            limit=MAX_PUSH,
        )
        async for chunk in told:
            yield chunk


class Gate:
    """Decides about one push; see `node_registry.PushGate`."""

    def __init__(self, actor: Actor, project: Project, store: ObjectStore) -> None:
        self._actor, self._project, self._store = actor, project, store
        self._manifest: ProjectManifest | None = None
        self._canvases: tuple[Graph, Graph] | None = None
        self._media: list[MediaFile] = []

    async def inspect(self, push: Push) -> None:
        """See that the files may lie in the project, and that the canvas can be merged."""
        push_policy.check_files(push.files)
        await self._find_media(push)
        await self._check_locks(push)
        for update in push.updates:
            if update.after is not None:
                paths = await push.paths(update.after)
                push_policy.check_tree(paths)
                push_policy.check_attributes(await push.read(update.after, ATTRIBUTES))
                if update.main:
                    await self._inspect_main(push, update, update.after, paths)

    async def admit(self, push: Push) -> Sequence[MediaFile]:
        """Bring the canvas into the live one, as one step, and project.json into the database."""
        # Packs take a while to come: the right may have been taken away.
        await projects.authorise(self._actor, self._project.id, Right.EDIT)
        if self._canvases is not None:
            message = _first_line(push)
            merged = await collaboration.merge_canvas(
                self._actor, await self._graph_id(), *self._canvases, f"Push: {message}"
            )
            if merged.conflicts:
                raise _conflict([one.sentence for one in merged.conflicts], "Push again.")
        if self._manifest is not None:
            await projects.apply_manifest(self._actor, self._project, self._manifest)
        return self._media

    async def done(self, push: Push) -> None:
        """Tell the members of the project."""
        names = {file.digest: PurePosixPath(file.path).name for file in self._media}
        if names:
            async with unit_of_work(role=DatabaseRole.SERVICE):
                await name_objects(self._project.id, names)
        for update in push.updates:
            async with unit_of_work(self._actor.user_id):
                if update.after is None:
                    await projects.note_activity(
                        self._project.id,
                        self._actor.user_id,
                        "project.branch_deleted",
                        branch=update.branch,
                    )
                    continue
                await projects.note_activity(
                    self._project.id,
                    self._actor.user_id,
                    "project.pushed",
                    branch=update.branch,
                    commit=update.after,
                    commits=push.count,
                    message=_first_line(push),
                    authors=sorted({commit.author.name for commit in push.commits})[:10],
                )

    async def _check_locks(self, push: Push) -> None:
        for update in push.updates:
            if update.after is not None and update.before is not None:
                changed = await push.changes(update.before, update.after)
                paths = [change.path for change in changed]
                await file_locks.check_unlocked(self._actor, self._project, paths)

    async def _inspect_main(
        self, push: Push, update: BranchUpdate, after: str, paths: Sequence[str]
    ) -> None:
        changes = await push.changes(update.before, after)
        push_policy.check_main(paths, changes)
        changed = {change.path for change in changes}
        if MANIFEST in changed:
            self._manifest = await self._read_manifest(push, after)
        if CANVAS in changed:
            base = await _read_canvas(push, update.before)
            theirs = await _read_canvas(push, after)
            await check_takes(self._actor, self._project, base, theirs)
            self._canvases = base, theirs
            await self._check_conflicts(base, theirs)

    async def _find_media(self, push: Push) -> None:
        """Where the bytes of all media lie. Raises `push.no_media` for what was not uploaded."""
        pointers = {file.digest: file for file in push.files if file.digest is not None}
        async with unit_of_work(self._actor.user_id):
            known = await objects_of(self._project.id, list(pointers))
        for digest, file in pointers.items():
            media = known.get(digest)
            if media is None or media.size != file.media_size:
                raise refused(
                    "push.no_media",
                    f"The bytes of {file.path[:80]!r} are not here.",
                    "Send them first: `git lfs push --all origin`, with git-lfs installed.",
                )
        self._media = [
            MediaFile(
                file.path, file.digest, file.media_size, await self._store.path_of(file.digest)
            )
            for file in pointers.values()
            if file.digest is not None
        ]

    async def _read_manifest(self, push: Push, commit: str) -> ProjectManifest:
        content = await push.read(commit, MANIFEST)
        if content is None:
            raise refused("push.no_manifest", f"A project has a file {MANIFEST}.", "Bring it back.")
        manifest = read_manifest(content)
        if manifest.uuid != str(self._project.id):
            raise refused(
                "push.other_project",
                f"This {MANIFEST} is that of another project.",
                "Its `uuid` stays as it is.",
            )
        return manifest

    async def _check_conflicts(self, base: Graph, theirs: Graph) -> None:
        """Refuse what somebody changed meanwhile; they find the canvas as it is by `git pull`."""
        conflicts = await collaboration.merge_conflicts(
            self._actor, await self._graph_id(), base, theirs
        )
        if refusals := [one for one in conflicts if one.reason not in DECIDED]:
            told = "\n".join(f"  {one.sentence}" for one in refusals[:10])
            raise refused(
                "push.bad_canvas", f"The canvas cannot be as it was pushed:\n{told}", "Mend it."
            )
        if conflicts:
            await collaboration.commit_canvas(
                self._actor, self._project.id, "The canvas, as it is now"
            )
            raise _conflict(
                [one.sentence for one in conflicts],
                "The canvas as it is now was committed: `git pull`, merge, then push again.",
            )

    async def _graph_id(self) -> UUID:
        return await collaboration.main_graph(self._actor, self._project.id)


async def _read_canvas(push: Push, commit: str | None) -> Graph:
    content = None if commit is None else await push.read(commit, CANVAS)
    if content is None:
        if commit is None:
            return Graph()
        raise refused("push.no_canvas", f"A project has a file {CANVAS}.", "Bring it back.")
    return await run_blocking(read_canvas, content)


def _conflict(sentences: list[str], hint: str) -> DirectorError:
    told = "\n".join(f"  {sentence}" for sentence in sentences[:10])
    more = f"\n  and {len(sentences) - 10} more" if len(sentences) > 10 else ""
    return refused(
        "push.conflict",
        f"On the canvas, this was changed meanwhile:\n{told}{more}\nNothing was pushed.",
        hint,
    )


def _first_line(push: Push) -> str:
    return push.commits[0].message.partition("\n")[0][:150] if push.commits else ""
