"""What the nodes of watched projects do: from the tasks in PostgreSQL to states on the canvas.

It compares what the tasks say now with what was told last, so that no lost message, whoever lost
it, leaves a node "generating" for ever. Progress comes from Redis; it is told only of tasks that
run according to PostgreSQL, so that none comes before its start or after its end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from uuid import UUID

from app.platform.database import Role, unit_of_work
from app.scheduling import (
    ProgressReader,
    TaskProgress,
    UnfinishedTask,
    last_endings,
    unfinished_tasks,
)

from .audience import Audience
from .pacing import Newest
from .protocol.outbound import NodeState, NodeStateUpdated, TaskProgressed

PROGRESS_EVERY = 0.25
# How long progress is kept of a task that PostgreSQL does not know to be running yet.
EARLY_FOR = 2.0
MOST_EARLY = 2000

WAITING = ("queued", "blocked", "assigned")
# Of several tasks of one node, the one that counts.
RANK = ("running", "waiting_for_input", "assigned", "queued", "blocked")


class _Told:
    """What was told of one project: the nodes that do something, and those that failed."""

    def __init__(self) -> None:
        self.states: dict[str, NodeStateUpdated] = {}
        self.running: dict[UUID, UnfinishedTask] = {}


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
        self._told: dict[UUID, _Told] = {}
        self._newcomers: dict[UUID, set[str]] = {}
        self._ended: dict[UUID, set[str]] = {}
        self._paced: Newest[tuple[UUID, str], TaskProgress] = Newest(PROGRESS_EVERY)
        self._early: dict[UUID, tuple[float, TaskProgress]] = {}

    @property
    def progress_waits(self) -> bool:
        """Whether there is progress that was not told yet."""
        return bool(self._paced or self._early)

    def joined(self, project_id: UUID, session_id: str) -> None:
        """Tell this session all states with the next refresh."""
        self._newcomers.setdefault(project_id, set()).add(session_id)

    def ended(self, project_id: UUID, node_id: str) -> None:
        """A task of this node has ended: its state is told, also if its run was never seen."""
        if project_id in self._told:
            self._ended.setdefault(project_id, set()).add(node_id)

    def progressed(self, update: TaskProgress) -> bool:
        """Take progress in; False when its task is not known to run."""
        told = self._told.get(update.project_id)
        if told is None:
            return True
        if update.task_id in told.running:
            self._paced.put((update.project_id, update.node_id), update)
            return True
        if len(self._early) < MOST_EARLY:
            self._early[update.task_id] = self._clock(), update
        return False

    async def refresh(self) -> None:
        """Compare what the tasks say with what was told, and tell the difference."""
        projects = self._audience.projects()
        for project_id in self._told.keys() - set(projects):
            del self._told[project_id]
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
            if project_id in self._told:
                for session_id in sessions:
                    self._tell_all(self._told[project_id], session_id)

    async def _compare(self, projects: list[UUID], ended: dict[UUID, set[str]]) -> None:
        async with unit_of_work(role=Role.SERVICE):
            unfinished = await unfinished_tasks(projects)
            for project_id in projects:
                told = self._told.get(project_id)
                now = _active(task for task in unfinished[project_id] if not task.ending)
                ending = {task.node_id for task in unfinished[project_id] if task.ending}
                if told is None:
                    over = await last_endings(project_id)
                    told = self._told[project_id] = _Told()
                    over = {node: end for node, end in over.items() if end[0] == "failed"}
                else:
                    was = {node for node, s in told.states.items() if s.state != "error"}
                    asked = (was | ended.get(project_id, set())) - now.keys() - ending
                    over = await last_endings(project_id, list(asked)) if asked else {}
                    over |= {node: ("never", False) for node in asked - over.keys()}
                told.running = {
                    task.task_id: task
                    for task in unfinished[project_id]
                    if task.status == "running"
                }
                for node_id, task in now.items():
                    self._tell(project_id, told, _state_of(task), task)
                for node_id, (how, ever) in over.items():
                    if node_id not in now:
                        self._tell(project_id, told, _state_after(node_id, how, ever))

    def _tell(
        self,
        project_id: UUID,
        told: _Told,
        state: NodeStateUpdated,
        task: UnfinishedTask | None = None,
    ) -> None:
        before = told.states.get(state.node_id)
        if before == state:
            return
        if state.state in ("idle", "success"):
            told.states.pop(state.node_id, None)
        else:
            told.states[state.node_id] = state
        self._audience.tell(project_id, state)
        if task is not None and task.status == "waiting_for_input":
            self._audience.tell(project_id, self._question(task))

    def _tell_all(self, told: _Told, session_id: str) -> None:
        """What somebody who joins is told: a node that is not named does nothing."""
        for state in told.states.values():
            self._audience.tell_session(session_id, state)
        for task in told.running.values():
            last = self._progress.last.get(task.task_id)
            if last is not None:
                self._audience.tell_session(session_id, _progressed(last))
        for state in told.states.values():
            if state.step == "waiting_for_input" and state.task_id is not None:
                self._audience.tell_session(session_id, self._asked[state.task_id])

    def tell_progress(self) -> None:
        """Tell the progress that is due."""
        now = self._clock()
        for task_id, (since, update) in list(self._early.items()):
            told = self._told.get(update.project_id)
            if told is not None and task_id in told.running:
                self._paced.put((update.project_id, update.node_id), update)
            elif now < since + EARLY_FOR:
                continue
            del self._early[task_id]
        for (project_id, node_id), update in self._paced.take(now):
            told = self._told.get(project_id)
            if told is not None and update.task_id in told.running:
                self._audience.tell(project_id, _progressed(update), key=f"progress {node_id}")
