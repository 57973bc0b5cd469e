"""Merging a branch into the project: the canvas field by field, other files whole.

Whatever both sides changed is a conflict with both sides in it, named as people know it; somebody
chooses, and asks again. The canvas enters the live one as one step that can be undone, and a commit
joins the branch to the history.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from app import collaboration, projects
from app.accounts import Actor
from app.graph import Choice, Graph, MergeConflict, read_canvas
from app.media import ObjectStore, objects_of
from app.platform.blocking import run_blocking
from app.platform.database import unit_of_work
from app.projects import CANVAS, Project, Right, folder_of, folders, read_manifest
from node_registry import (
    BinaryFile,
    Change,
    Commit,
    DirectorError,
    Divergence,
    FileChange,
    MediaFile,
    Removal,
)

from . import file_locks, push_policy
from .pointers import read_pointer
from .takes import check_takes

MANIFEST = "project.json"
FIELDS = ("title", "description", "quality", "settings", "metadata")


class MergePreview(msgspec.Struct, kw_only=True):
    """What a merge would do: commits that it brings, files that it changes, and what is open."""

    branch: str
    commits: int
    files: list[str]
    conflicts: list[MergeConflict]


class MergeResult(msgspec.Struct, kw_only=True):
    """The commit that joined a branch (None: all of it was merged already), and the version of the
    canvas that it became (None: the canvas is the same)."""

    commit: Commit | None
    version: int | None
    sentence: str


class Plan(msgspec.Struct):
    """What the other side changed, file by file, and what has to be decided."""

    divergence: Divergence
    files: list[FileChange] = []
    manifest: dict[str, Any] | None = None
    canvases: tuple[Graph, Graph] | None = None
    conflicts: list[MergeConflict] = []


async def preview(actor: Actor, project_id: UUID, branch: str) -> MergePreview:
    """What a merge would do now; nothing is changed."""
    project = await projects.authorise(actor, project_id, Right.EDIT)
    plan = await _plan(actor, project, branch, {})
    changed = [change.path for change in plan.files]
    changed += [MANIFEST] if plan.manifest else []
    changed += [CANVAS] if plan.canvases else []
    return MergePreview(
        branch=branch,
        commits=plan.divergence.commits,
        files=sorted(changed),
        conflicts=plan.conflicts,
    )


async def merge(
    actor: Actor,
    project_id: UUID,
    branch: str,
    store: ObjectStore,
    *,
    message: str = "",
    choices: Mapping[str, Choice] | None = None,
) -> MergeResult:
    """Merge a branch into the project. Raises `merge.conflict` with what has to be chosen."""
    project = await projects.authorise(actor, project_id, Right.EDIT)
    plan = await _plan(actor, project, branch, choices or {})
    if plan.divergence.base == plan.divergence.theirs:
        return MergeResult(
            commit=None, version=None, sentence=f"All of {branch!r} is in the project already."
        )
    if plan.conflicts:
        raise _conflict(plan.conflicts)
    await file_locks.check_unlocked(actor, project, [change.path for change in plan.files])
    changes = await _changes(actor, project, plan, store)
    version = None
    graph_id = await collaboration.main_graph(actor, project_id)
    if plan.canvases is not None:
        label = f"Merge {branch}"
        merged = await collaboration.merge_canvas(actor, graph_id, *plan.canvases, label, choices)
        if merged.conflicts:
            raise _conflict(merged.conflicts)
        version = merged.version
    if plan.manifest is not None:
        manifest = msgspec.convert(plan.manifest, projects.ProjectManifest)
        await projects.apply_manifest(actor, project, manifest)
        project = await projects.authorise(actor, project_id, Right.EDIT)
        changes.append(projects.manifest_text_file(project, manifest.metadata))
    changes.append(await collaboration.canvas_file(actor, project_id))
    for change in changes:
        if isinstance(change, MediaFile) and change.source is not None:
            await run_blocking(projects.replace, folder_of(project), change.path, change.source)
    commit = await folders().vcs.commit(
        folder_of(project),
        projects.author_of(actor),
        message.strip() or f"Merge {branch}",
        changes,
        merges=plan.divergence,
    )
    async with unit_of_work(actor.user_id):
        await projects.note_activity(
            project_id, actor.user_id, "project.merged", branch=branch,
            commit=commit.id if commit else None, commits=plan.divergence.commits,
        )  # fmt: skip
    return MergeResult(commit=commit, version=version, sentence=f"{branch!r} is merged.")


async def _plan(actor: Actor, project: Project, branch: str, choices: Mapping[str, Choice]) -> Plan:
    vcs, folder = folders().vcs, folder_of(project)
    apart = await vcs.divergence(folder, branch)
    plan = Plan(apart)
    if apart.base == apart.theirs:
        return plan
    theirs = await vcs.changes(folder, apart.base, apart.theirs)
    ours = {change.path: change for change in await vcs.changes(folder, apart.base, apart.ours)}
    for change in theirs:
        mine = ours.get(change.path)
        if change.path == CANVAS:
            plan.canvases = await _canvases(actor, project, apart)
        elif change.path == MANIFEST:
            await _merge_manifest(project, apart, plan, choices)
        elif mine is None or choices.get(_file_key(change.path)) == "theirs":
            plan.files.append(change)
        elif mine.after != change.after and _file_key(change.path) not in choices:
            plan.conflicts.append(_file_conflict(mine, change))
    push_policy.check_renders(plan.files)
    if plan.canvases is not None:
        graph_id = await collaboration.main_graph(actor, project.id)
        plan.conflicts += await collaboration.merge_conflicts(
            actor, graph_id, *plan.canvases, choices
        )
    return plan


async def _canvases(actor: Actor, project: Project, apart: Divergence) -> tuple[Graph, Graph]:
    base = await _canvas_at(project, apart.base)
    theirs = await _canvas_at(project, apart.theirs)
    await check_takes(actor, project, base, theirs)
    return base, theirs


async def _canvas_at(project: Project, commit: str | None) -> Graph:
    if commit is None:
        return Graph()
    content = await folders().vcs.read(folder_of(project), commit, CANVAS)
    return Graph() if content is None else await run_blocking(read_canvas, content)


async def _merge_manifest(
    project: Project, apart: Divergence, plan: Plan, choices: Mapping[str, Choice]
) -> None:
    sides = [
        await _manifest_at(project, commit) for commit in (apart.base, apart.ours, apart.theirs)
    ]
    base, ours, theirs = sides
    if ours is None or theirs is None:
        return
    merged = dict(ours)
    for field in FIELDS:
        before = (base or {}).get(field)
        if theirs[field] in (before, ours[field]):
            continue
        key = f"{MANIFEST}/{field}"
        if ours[field] == before or choices.get(key) == "theirs":
            merged[field] = theirs[field]
        elif key not in choices:
            plan.conflicts.append(
                MergeConflict(
                    key=key, id="", path=field, name="The project", reason="both_changed",
                    sentence=f"The project: {field} was changed on both sides.",
                    base=before, ours=ours[field], theirs=theirs[field],
                )
            )  # fmt: skip
    plan.manifest = merged if merged != ours else None


async def _manifest_at(project: Project, commit: str | None) -> dict[str, Any] | None:
    if commit is None:
        return None
    content = await folders().vcs.read(folder_of(project), commit, MANIFEST)
    return None if content is None else msgspec.to_builtins(read_manifest(content))


async def _changes(actor: Actor, project: Project, plan: Plan, store: ObjectStore) -> list[Change]:
    """The other side's files, as a commit takes them."""
    contents: dict[str, bytes] = {}
    for change in plan.files:
        if change.after is not None:
            content = await folders().vcs.read(
                folder_of(project), plan.divergence.theirs, change.path
            )
            contents[change.path] = content or b""
    pointers = {path: read_pointer(content) for path, content in contents.items()}
    digests = [pointer.digest for pointer in pointers.values() if pointer is not None]
    async with unit_of_work(actor.user_id):
        known = await objects_of(project.id, digests)
    changes: list[Change] = []
    for change in plan.files:
        pointer = pointers.get(change.path)
        if change.after is None:
            changes.append(Removal(change.path))
        elif pointer is not None and pointer.digest in known:
            source = await store.path_of(pointer.digest)
            changes.append(MediaFile(change.path, pointer.digest, pointer.size, source))
        else:
            changes.append(BinaryFile(change.path, contents[change.path]))
    return changes


def _file_key(path: str) -> str:
    return f"file:{path}"


def _file_conflict(ours: FileChange, theirs: FileChange) -> MergeConflict:
    removed = ours.after is None or theirs.after is None
    said = "removed on one side and changed on the other" if removed else "changed on both sides"
    reason = "both_changed"
    if removed:
        reason = "removed_by_us" if ours.after is None else "removed_by_them"
    return MergeConflict(
        key=_file_key(theirs.path),
        id="",
        path=theirs.path,
        name=theirs.path,
        reason=reason,
        sentence=f"The file {theirs.path} was {said}.",
    )


def _conflict(conflicts: list[MergeConflict]) -> DirectorError:
    return DirectorError(
        "merge.conflict",
        " ".join(one.sentence for one in conflicts[:5])
        + (f" And {len(conflicts) - 5} more." if len(conflicts) > 5 else ""),
        hint="Say for each `key` of `conflicts` whether `ours` or `theirs` stays, in `choices`.",
        status=409,
        fields={"conflicts": msgspec.to_builtins(conflicts)},
    )
