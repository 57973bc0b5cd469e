"""Publishes takes as files of the project: into its folder, and into its version history."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby
from pathlib import PurePosixPath
from uuid import UUID

import msgspec

from app import accounts, collaboration, projects
from app.graph import write_canvas
from app.media import ObjectStore
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.telemetry import get_logger
from app.projects import Right, place, render_folder
from app.scheduling import TaskEvent, mark_committed, uncommitted_of, uncommitted_successes
from node_registry import Change, DirectorError, Media, MediaFile, TextFile

from .acting import acting_for
from .take_files import SUFFIX, write_take_file
from .takes import Take, takes_by_id
from .task_payload import TaskPlan
from .task_traces import record_step

log = get_logger(__name__)

CANVAS = "02_Source_Creative/Canvases/main_canvas.json"
FOLDER_OF_TYPE = {
    "application/x-edl": "04_Project_Files/EDLs",
    "application/vnd.opentimelineio+json": "04_Project_Files/EDLs",
}
ASSEMBLY = "film.assembly"
COMMIT_AFTER_SECONDS = 10.0


class ProjectFilePublisher:
    """Publishes the takes of task events, and commits them in batches."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def publish(self, event: TaskEvent, take: Take) -> None:
        """Put a take's files into the project's folder, each once, never overwriting."""
        if event.plan["step"]["kind"] != "task":
            return
        actor = await acting_for(event.user_id)
        project = await projects.authorise(actor, event.project_id, Right.READ)
        folder = projects.folder_of(project)
        task = msgspec.convert(event.plan, TaskPlan)
        for output in take.outputs:
            path = await self._store.path_of(output.media.digest)
            relative = file_path_of(take, output.media, task)
            await run_blocking(place, folder, relative, path)

    async def commit_quiet_projects(self) -> None:
        """Commit new takes to the version history, a commit for each project and person.

        A project is committed once none of its tasks runs, or after `COMMIT_AFTER_SECONDS`.
        """
        by_hand = await projects.committed_by_hand()
        async with unit_of_work(role=DatabaseRole.SERVICE):
            events = await uncommitted_successes(COMMIT_AFTER_SECONDS, by_hand)
        await self._commit_all(events)

    async def commit_project(self, project_id: UUID) -> None:
        """Commit the takes of a project that are not committed yet, a commit for each person."""
        async with unit_of_work(role=DatabaseRole.SERVICE):
            events = await uncommitted_of(project_id)
        await self._commit_all(events)

    async def _commit_all(self, events: list[TaskEvent]) -> None:
        async with unit_of_work(role=DatabaseRole.SERVICE):
            takes = await takes_by_id([e.take_id for e in events if e.take_id is not None])
        for key, group in groupby(events, key=lambda e: (e.project_id, e.user_id)):
            batch = list(group)
            made = [
                (msgspec.convert(event.plan, TaskPlan), takes[event.take_id])
                for event in batch
                if event.take_id is not None and event.take_id in takes and not event.reused
            ]
            began = datetime.now(UTC)
            if made and not await self._commit(*key, made):
                continue
            for event in batch if made else ():
                record_step("task.commit", event, began)
            async with unit_of_work(role=DatabaseRole.SERVICE):
                await mark_committed([event.id for event in batch])

    async def _commit(
        self, project_id: UUID, user_id: UUID, made: list[tuple[TaskPlan, Take]]
    ) -> bool:
        """Commit one person's takes; False when the storage is away: then it is retried."""
        try:
            changes: list[Change] = []
            person = (await accounts.people([user_id])).get(user_id)
            for task, take in made:
                if task.step.kind != "task":
                    continue
                for output in take.outputs:
                    relative = file_path_of(take, output.media, task)
                    if not relative.startswith("06_Exports/"):
                        changes.append(await self._change(relative, output.media))
                if task.step.node_type != ASSEMBLY:
                    text = write_take_file(take, person.name if person else "")
                    changes.append(TextFile(f"{_folder_of(task)}/{take.name}{SUFFIX}", text))
            actor = await acting_for(user_id)
            graph_id = await collaboration.main_graph(actor, project_id)
            graph = await collaboration.read(actor, graph_id)
            changes.append(TextFile(CANVAS, write_canvas(graph)))
            await projects.commit(actor, project_id, commit_message(made), changes)
        except DirectorError as error:
            log.error("project_files.commit_failed", project=str(project_id), error=str(error))
            return error.status != 503
        return True

    async def _change(self, relative: str, media: Media) -> Change:
        path = await self._store.path_of(media.digest)
        if PurePosixPath(relative).suffix in (".edl", ".otio", ".txt", ".json"):
            return TextFile(relative, await run_blocking(path.read_text, "utf-8"))
        return MediaFile(relative, media.digest, media.size, path)


async def commit_takes(store: ObjectStore, project_id: UUID) -> None:
    """Commit the takes of a project that are not committed yet, each person's in their name."""
    await ProjectFilePublisher(store).commit_project(project_id)


def file_path_of(take: Take, media: Media, task: TaskPlan) -> str:
    """Where a take's file lies in the project's folder."""
    name = f"{take.name}{PurePosixPath(media.name).suffix}"
    folder = FOLDER_OF_TYPE.get(media.media_type)
    if task.step.node_type == ASSEMBLY:
        return f"{folder or '06_Exports'}/{name}"
    if task.slate.shot:
        return f"{_folder_of(task)}/{name}"
    return f"{folder or _folder_of(task)}/{name}"


def _folder_of(task: TaskPlan) -> str:
    """The folder of a node's takes."""
    if task.slate.shot:
        return render_folder(task.slate.scene or "00", task.slate.shot)
    return "01_Assets/Generative_Assets"


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
