"""What the nodes of watched projects do: from the tasks in PostgreSQL to states on the canvas.

It compares what the tasks say now with the states that were sent last, so that no lost message,
whoever lost it, leaves a node "generating" for ever. Progress comes from Redis; it is sent only for
tasks that run according to PostgreSQL, so that none comes before its start or after its end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from uuid import UUID

import msgspec

from app.platform.database import DatabaseRole, unit_of_work
from app.scheduling import (
    ProgressReader,
    TaskProgress,
    UnfinishedTask,
    last_outcomes,
    unfinished_tasks,
)

from .audience import Audience
from .protocol.outbound import NodeState, NodeStateUpdated, TaskPreviewed, TaskProgressed
from .throttle import Throttle

PROGRESS_INTERVAL = 0.25
# How long progress is kept of a task that PostgreSQL does not know to be running yet.
EARLY_SECONDS = 2.0
MAX_EARLY = 2000

WAITING = ("queued", "blocked", "assigned")
# Of several tasks of one node, the one that counts.
STATUS_RANK = ("running", "waiting_for_input", "assigned", "queued", "blocked")


class _ProjectStates:
    """What was sent of one project: the nodes that do something, and those that failed."""

    def __init__(self) -> None:
        self.states: dict[str, NodeStateUpdated] = {}
        self.questions: dict[str, TaskProgressed] = {}
        self.running: set[UUID] = set()
        # The number of the newest preview that was told, by running task.
        self.previews: dict[UUID, int] = {}


class NodeStates:
    """The states and the progress of all projects with people in them."""

    def __init__(
        self,
        audience: Audience,
        progress: ProgressReader,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._audience = audience
        self._progress = progress
        self._clock = clock
        self._projects: dict[UUID, _ProjectStates] = {}
        self._newcomers: dict[UUID, set[str]] = {}
        self._ended: dict[UUID, set[str]] = {}
        self._throttle: Throttle[tuple[UUID, str], TaskProgress] = Throttle(PROGRESS_INTERVAL)
        self._early: dict[UUID, tuple[float, TaskProgress]] = {}

    @property
    def progress_waits(self) -> bool:
        """Whether there is progress that was not sent yet."""
        return bool(self._throttle or self._early)

    def joined(self, project_id: UUID, session_id: str) -> None:
        """Send this session all states with the next refresh."""
        self._newcomers.setdefault(project_id, set()).add(session_id)

    def ended(self, project_id: UUID, node_id: str) -> None:
        """A task of this node has ended: its state is sent, also if its run was never seen."""
        if project_id in self._audience.projects():
            self._ended.setdefault(project_id, set()).add(node_id)

    def progressed(self, update: TaskProgress) -> bool:
        """Take progress in; False when its task is not known to run."""
        known = self._projects.get(update.project_id)
        if known is not None and update.task_id in known.running:
            self._throttle.put((update.project_id, update.node_id), update)
            return True
        if update.project_id not in self._audience.projects():
            return True
        if len(self._early) < MAX_EARLY:
            self._early[update.task_id] = self._clock(), update
        return False

    async def refresh(self) -> None:
        """Compare what the tasks say with what was sent, and send the difference."""
        projects = self._audience.projects()
        for by_project in (self._projects, self._newcomers, self._ended):
            for project_id in by_project.keys() - set(projects):
                del by_project[project_id]
        newcomers, self._newcomers = self._newcomers, {}
        ended, self._ended = self._ended, {}
        if not projects:
            return
        try:
            await self._compare(projects, ended)
        except BaseException:
            # Nothing of it may be forgotten: the next refresh tells it.
            for project_id, sessions in newcomers.items():
                self._newcomers.setdefault(project_id, set()).update(sessions)
            for project_id, nodes in ended.items():
                self._ended.setdefault(project_id, set()).update(nodes)
            raise
        for project_id, sessions in newcomers.items():
            if project_id in self._projects:
                for session_id in sessions:
                    self._send_all(self._projects[project_id], session_id)

    async def _compare(self, projects: list[UUID], ended: dict[UUID, set[str]]) -> None:
        async with unit_of_work(role=DatabaseRole.SERVICE):
            unfinished = await unfinished_tasks(projects)
            for project_id in projects:
                tasks = unfinished[project_id]
                now = _leading_tasks(task for task in tasks if not task.follow_up_pending)
                ending = {task.node_id for task in tasks if task.follow_up_pending}
                just_ended = ended.get(project_id, set()) - now.keys()
                known = self._projects.get(project_id)
                if known is None:
                    known = _ProjectStates()
                    asked = just_ended
                    over = await last_outcomes(project_id)
                    over = {
                        node: end
                        for node, end in over.items()
                        if node not in ending and (end[0] == "failed" or node in asked)
                    }
                else:
                    asked = {node for node, s in known.states.items() if s.state != "error"}
                    asked = (asked | just_ended) - now.keys()
                    over = await last_outcomes(project_id, list(asked - ending))
                    gone = asked - ending - over.keys()
                    over |= dict.fromkeys(gone, ("cancelled", False))
                if asked & ending:
                    # What follows from these ends is being done; their states are sent after it.
                    self._ended.setdefault(project_id, set()).update(asked & ending)
                self._projects[project_id] = known
                known.running = {task.task_id for task in tasks if task.status == "running"}
                known.previews = {t: n for t, n in known.previews.items() if t in known.running}
                for node_id, task in now.items():
                    self._announce(project_id, known, _state_of(node_id, task), task)
                for node_id, (how, ever) in over.items():
                    # One that has no end was begun anew since the first query.
                    if node_id not in now and how != "never":
                        self._announce(project_id, known, _state_after(node_id, how, ever))

    def _announce(
        self,
        project_id: UUID,
        known: _ProjectStates,
        state: NodeStateUpdated,
        task: UnfinishedTask | None = None,
    ) -> None:
        node_id = state.node_id
        before = known.states.get(node_id)
        if before == state:
            return
        if state.state == "generating" and (before is None or before.state == "error"):
            # A worker was quicker than we looked: it waited before all the same.
            self._audience.broadcast(
                project_id,
                msgspec.structs.replace(state, state="pending_request", step="queued"),
            )
        known.questions.pop(node_id, None)
        if state.state in ("idle", "success"):
            known.states.pop(node_id, None)
        else:
            known.states[node_id] = state
        self._audience.broadcast(project_id, state)
        if task is not None and task.status == "waiting_for_input":
            last = self._progress.last.get(task.task_id)
            known.questions[node_id] = question = TaskProgressed(
                task_id=str(task.task_id),
                node_id=node_id,
                progress=0 if last is None else last.progress,
                step=task.cause,
            )
            self._audience.broadcast(project_id, question)

    def _send_all(self, known: _ProjectStates, session_id: str) -> None:
        """Send all states to somebody who joins: a node that is not named does nothing."""
        for state in known.states.values():
            self._audience.send_to(session_id, state)
        for question in known.questions.values():
            self._audience.send_to(session_id, question)
        for task_id in known.running:
            last = self._progress.last.get(task_id)
            if last is not None:
                self._audience.send_to(session_id, _progressed(last))
                if last.preview:
                    self._audience.send_to(session_id, _previewed(last))

    def send_progress(self) -> None:
        """Send the progress that is due."""
        now = self._clock()
        for task_id, (since, update) in list(self._early.items()):
            known = self._projects.get(update.project_id)
            if known is not None and task_id in known.running:
                self._throttle.put((update.project_id, update.node_id), update)
            elif now < since + EARLY_SECONDS:
                continue
            del self._early[task_id]
        for (project_id, node_id), update in self._throttle.take(now):
            known = self._projects.get(project_id)
            if known is not None and update.task_id in known.running:
                self._audience.broadcast(project_id, _progressed(update), key=f"progress {node_id}")
                if update.preview and update.preview != known.previews.get(update.task_id):
                    known.previews[update.task_id] = update.preview
                    self._audience.broadcast(
                        project_id, _previewed(update), key=f"preview {node_id}"
                    )


def _leading_tasks(tasks: Iterable[UnfinishedTask]) -> dict[str, UnfinishedTask]:
    """The task of each node that tells its state; always the same one of several equal ones."""
    found: dict[str, UnfinishedTask] = {}
    for task in sorted(tasks, key=lambda task: (STATUS_RANK.index(task.status), task.task_id)):
        found.setdefault(task.node_id, task)
    return found


def _state_of(node_id: str, task: UnfinishedTask) -> NodeStateUpdated:
    state: NodeState = "pending_request" if task.status in WAITING else "generating"
    return NodeStateUpdated(
        node_id=node_id, state=state, step=task.status, task_id=str(task.task_id)
    )


def _state_after(node_id: str, how: str, ever: bool) -> NodeStateUpdated:
    """A node's state once nothing of it is under way; `ever` says that it has a take."""
    if how == "failed":
        return NodeStateUpdated(node_id=node_id, state="error")
    return NodeStateUpdated(node_id=node_id, state="success" if ever else "idle")


def _progressed(update: TaskProgress) -> TaskProgressed:
    return TaskProgressed(
        task_id=str(update.task_id),
        node_id=update.node_id,
        progress=update.progress,
        step=update.step,
    )


def _previewed(update: TaskProgress) -> TaskPreviewed:
    # The number makes each address new, so that a picture is asked for once.
    return TaskPreviewed(
        task_id=str(update.task_id),
        node_id=update.node_id,
        url=f"/api/v1/tasks/{update.task_id}/preview?number={update.preview}",
    )
