"""Publishes takes as files of the project: into its folder, and into its version history."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from app import accounts, collaboration, projects
from app.graph import write_canvas
from app.media import ObjectStore
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, from_json, unit_of_work
from app.platform.telemetry import get_logger
from app.projects import Right, place, render_folder
from node_registry import Change, DirectorError, Media, MediaFile, TextFile

from .takes import Take, takes_by_id
from .task_payload import TaskPlan

if TYPE_CHECKING:
    from .task_events import TaskEvent

log = get_logger(__name__)

CANVAS = "02_Source_Creative/Canvases/main_canvas.json"
FOLDER_OF_TYPE = {
    "application/x-edl": "04_Project_Files/EDLs",
    "application/vnd.opentimelineio+json": "04_Project_Files/EDLs",
}
ASSEMBLY = "film.assembly"
COMMIT_AFTER_SECONDS = 10


class ProjectFilePublisher:
    """Publishes the takes of task events, and commits them in batches."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def publish(self, event: TaskEvent) -> None:
        """Put a take's files into the project's folder, each once, never overwriting."""
        assert event.take is not None
        if event.plan["step"]["kind"] != "task":
            return
        actor = await _author(event.user_id)
        project = await projects.authorise(actor, event.project_id, Right.READ)
        folder = projects.folder_of(project)
        task = msgspec.convert(event.plan, TaskPlan)
        for output in event.take.outputs:
            path = await self._store.path_of(output.media.digest)
            relative = file_path_of(event.take, output.media, task)
            await run_blocking(place, folder, relative, path)
            if not relative.startswith("06_Exports/"):
                digest = output.media.digest
                lfs = f".git/lfs/objects/{digest[:2]}/{digest[2:4]}/{digest}"
                await run_blocking(place, folder, lfs, path)

    async def commit_quiet_projects(self) -> None:
        """Commit what was made, project by project, once nothing of it runs or time has passed."""
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            rows = await unit.fetch(
                """SELECT e.id, e.project_id, t.user_id, t.plan, t.take_id, t.reused
                   FROM task_events e JOIN tasks t ON t.id = e.task_id
                   WHERE e.kind = 'succeeded' AND e.handled_at IS NOT NULL
                     AND e.committed_at IS NULL
                     AND (e.handled_at < now() - make_interval(secs => $1) OR NOT EXISTS (
                       SELECT 1 FROM tasks r WHERE r.project_id = e.project_id
                       AND r.status NOT IN ('succeeded', 'failed', 'cancelled'))
                     -- One that has just ended and is not published yet: the film, after its shots.
                     -- It goes into the same commit.
                     AND NOT EXISTS (
                       SELECT 1 FROM task_events u WHERE u.project_id = e.project_id
                       AND u.kind = 'succeeded' AND u.handled_at IS NULL))
                   ORDER BY e.project_id, t.user_id, e.id LIMIT 1000""",
                float(COMMIT_AFTER_SECONDS),
            )
            takes = await takes_by_id([row["take_id"] for row in rows if row["take_id"]])
        batches: dict[tuple[UUID, UUID], list[tuple[TaskPlan, Take]]] = {}
        events: dict[tuple[UUID, UUID], list[int]] = {}
        for row in rows:
            key = row["project_id"], row["user_id"]
            events.setdefault(key, []).append(row["id"])
            if row["take_id"] in takes and not row["reused"]:
                task = msgspec.convert(from_json(row["plan"]), TaskPlan)
                batches.setdefault(key, []).append((task, takes[row["take_id"]]))
        for key, ids in events.items():
            if batches.get(key):
                await self._commit(*key, batches[key])
            async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
                await unit.execute(
                    "UPDATE task_events SET committed_at = now() WHERE id = ANY($1::bigint[])", ids
                )

    async def _commit(
        self, project_id: UUID, user_id: UUID, made: list[tuple[TaskPlan, Take]]
    ) -> None:
        changes: list[Change] = []
        for task, take in made:
            if task.step.kind != "task":
                continue
            for output in take.outputs:
                relative = file_path_of(take, output.media, task)
                if not relative.startswith("06_Exports/"):
                    changes.append(await self._change(relative, output.media))
        try:
            actor = await _author(user_id)
            graph_id = await collaboration.main_graph(actor, project_id)
            graph = await collaboration.read(actor, graph_id)
            changes.append(TextFile(CANVAS, write_canvas(graph)))
            await projects.commit(actor, project_id, commit_message(made), changes)
        except DirectorError as error:
            log.error("project_files.commit_failed", project=str(project_id), error=str(error))

    async def _change(self, relative: str, media: Media) -> Change:
        if PurePosixPath(relative).suffix in (".edl", ".otio", ".txt", ".json"):
            path = await self._store.path_of(media.digest)
            return TextFile(relative, await run_blocking(path.read_text, "utf-8"))
        return MediaFile(relative, media.digest, media.size)


def file_path_of(take: Take, media: Media, task: TaskPlan) -> str:
    """Where a take's file lies in the project's folder."""
    name = f"{take.name}{PurePosixPath(media.name).suffix}"
    folder = FOLDER_OF_TYPE.get(media.media_type)
    if task.step.node_type == ASSEMBLY:
        return f"{folder or '06_Exports'}/{name}"
    if task.slate.shot:
        scene = task.slate.scene or "00"
        return f"{render_folder(scene, task.slate.shot)}/{name}"
    return f"{folder or '01_Assets/Generative_Assets'}/{name}"


def commit_message(made: list[tuple[TaskPlan, Take]]) -> str:
    """`Generated SCENE_01/SHOT_010 take 3, …` on one line, and all of it below when it is long."""
    names = [
        f"{task.step.label} take {take.number}" for task, take in made if task.step.kind == "task"
    ]
    line = "Generated " + ", ".join(names)
    if len(line) <= 100:
        return line
    first = f"Generated {names[0]} and {len(names) - 1} more"
    return first + "\n\n" + "\n".join(names)


async def _author(user_id: UUID) -> accounts.Actor:
    found = (await accounts.people([user_id])).get(user_id)
    return found or accounts.SystemActor(user_id)
