"""From what happens in the studio to the events that the people in its projects are sent.

Facts of the domains come over the bus; what tasks do is read from PostgreSQL whenever something
changed, and once a second while anybody looks. Nothing is done for projects that nobody is in.
"""

from __future__ import annotations

import asyncio
import math
import time
from typing import Any
from uuid import UUID

from app import assets, execution
from app.collaboration import GraphChanged
from app.execution import TakeReviewed, TaskEnded
from app.media import DerivativeEnded, MediaAdded, StorageChanged, StorageState
from app.platform import bus
from app.platform.background import run_forever
from app.projects import ActivityNoted, ProjectChanged
from app.scheduling import Dispatcher, ProgressReader, TaskProgress

from . import protocol
from .audience import Audience
from .node_states import NodeStates
from .protocol.outbound import AssetChanged, MediaChanged, TaskFailed, TaskSucceeded
from .queues import Queues
from .staleness import Staleness

POLL_INTERVAL = 1.0
# Between two looks at the tasks: changes that come closer together are sent together.
MIN_INTERVAL = 0.1


class Broadcasts:
    """Sends everything but graphs and presence."""

    def __init__(
        self, audience: Audience, dispatcher: Dispatcher, progress: ProgressReader
    ) -> None:
        self._audience = audience
        self._states = NodeStates(audience, progress)
        self._queues = Queues(audience)
        self._stale = Staleness(audience, execution.stale_nodes)
        self._wake = asyncio.Event()
        # Whether tasks may have changed since they were looked at.
        self._dirty = True
        self._polled_at = -math.inf
        self._storage = StorageState(reachable=True, waiting=0)
        audience.on_join(self._on_join)
        dispatcher.on_change(self._on_change)
        progress.on_progress(self._on_progress)

    async def run(self) -> None:
        """Send until cancelled; a database that is away only makes it wait."""
        forget = [
            bus.listen(TaskEnded, self._on_task_ended),
            bus.listen(GraphChanged, self._on_graph_changed),
            bus.listen(ProjectChanged, self._on_project_changed),
            bus.listen(ActivityNoted, self._on_activity),
            bus.listen(assets.AssetChanged, self._on_asset_changed),
            bus.listen(TakeReviewed, self._on_take_reviewed),
            bus.listen(MediaAdded, self._on_media_added),
            bus.listen(DerivativeEnded, self._on_derivative_ended),
            bus.listen(StorageChanged, self._on_storage_changed),
        ]
        try:
            await run_forever(self._step, self._wake, self._tick, name="broadcasts")
        finally:
            for one in forget:
                one()

    async def run_staleness(self) -> None:
        """Send which nodes are stale; a loop of its own, since it takes longer. Until cancelled."""
        await self._stale.run()

    async def _step(self) -> None:
        now = time.monotonic()
        dirty, self._dirty = self._dirty, False
        try:
            if dirty or now >= self._polled_at + POLL_INTERVAL:
                await self._states.refresh()
                self._polled_at = now
            if self._queues.due(now):
                await self._queues.refresh(now)
            self._states.send_progress()
        except Exception:
            # Nobody is left without a word for good: the loop logs it and comes again.
            self._on_change()
            raise
        # Also when a step was quick: what comes within the interval is sent together.
        await asyncio.sleep(max(0.0, now + MIN_INTERVAL - time.monotonic()))

    def _tick(self) -> float | None:
        """Seconds until the tasks are looked at again, whether or not anything changed."""
        if self._states.progress_waits:
            return 0.0
        return POLL_INTERVAL if self._audience.projects() else None

    def _on_change(self) -> None:
        self._dirty = True
        self._wake.set()

    def _on_join(self, project_id: UUID, session_id: str) -> None:
        self._states.joined(project_id, session_id)
        self._queues.joined(project_id, session_id)
        self._stale.joined(project_id, session_id)
        if not self._storage.reachable or self._storage.waiting:
            self._audience.send_to(session_id, self._storage_event())
        self._on_change()

    def _on_progress(self, update: TaskProgress) -> None:
        if not self._states.progressed(update):
            self._dirty = True
        if self._states.progress_waits:
            self._wake.set()

    async def _on_task_ended(self, fact: TaskEnded) -> None:
        self._states.ended(fact.project_id, fact.node_id)
        event = _task_event(fact)
        if event is not None:
            self._audience.broadcast(fact.project_id, event)
        self._changed(fact.project_id)
        self._on_change()

    async def _on_graph_changed(self, fact: GraphChanged) -> None:
        self._changed(fact.project_id)

    async def _on_project_changed(self, fact: ProjectChanged) -> None:
        self._audience.broadcast(
            fact.project_id,
            protocol.outbound.ProjectChanged(
                id=str(fact.project_id), kind=fact.kind, version=fact.version, by=str(fact.user_id)
            ),
        )
        if fact.kind != "members":
            self._changed(fact.project_id)

    async def _on_activity(self, fact: ActivityNoted) -> None:
        self._audience.broadcast(
            fact.project_id,
            protocol.outbound.ActivityNoted(
                id=str(fact.id),
                at=fact.at,
                user_id=str(fact.user_id),
                kind=fact.kind,
                detail=fact.detail,
            ),
        )

    async def _on_asset_changed(self, fact: assets.AssetChanged) -> None:
        self._audience.broadcast(
            fact.project_id,
            AssetChanged(
                id=str(fact.asset_id),
                kind=fact.kind,
                version=fact.version,
                by=str(fact.user_id),
                change=fact.change,
            ),
        )

    async def _on_take_reviewed(self, fact: TakeReviewed) -> None:
        self._audience.broadcast(
            fact.project_id,
            AssetChanged(
                id=str(fact.take_id),
                kind="take",
                version=fact.number,
                by=str(fact.user_id),
                change="decided",
            ),
        )

    async def _on_media_added(self, fact: MediaAdded) -> None:
        self._audience.broadcast(
            fact.project_id,
            AssetChanged(
                id=fact.digest, kind="media", version=1, by=str(fact.user_id), change="created"
            ),
        )

    async def _on_derivative_ended(self, fact: DerivativeEnded) -> None:
        self._audience.broadcast(
            fact.project_id,
            MediaChanged(
                digest=fact.digest,
                kind=fact.kind,
                state="ready" if fact.ready else "failed",
                reason=fact.reason,
            ),
        )

    async def _on_storage_changed(self, fact: StorageChanged) -> None:
        self._storage = StorageState(reachable=fact.reachable, waiting=fact.waiting)
        for project_id in self._audience.projects():
            self._audience.broadcast(project_id, self._storage_event(), key="storage")

    def node_types_changed(self, ids: list[str]) -> None:
        """Tell everybody which node types came, changed or went."""
        event = protocol.outbound.NodeTypesChanged(node_types=ids)
        for project_id in self._audience.projects():
            self._audience.broadcast(project_id, event)

    def _storage_event(self) -> protocol.outbound.StorageChanged:
        return protocol.outbound.StorageChanged(
            reachable=self._storage.reachable, waiting=self._storage.waiting
        )

    def _changed(self, project_id: UUID) -> None:
        if project_id in self._audience.projects():
            self._stale.changed(project_id)


def _task_event(fact: TaskEnded) -> TaskSucceeded | TaskFailed | None:
    """The event of a task's end; None for a task that goes on."""
    task_id, node_id = str(fact.task_id), fact.node_id
    if fact.kind == "succeeded" and fact.take is not None:
        return TaskSucceeded(task_id=task_id, node_id=node_id, result=_result(fact.take))
    if fact.kind in ("failed", "cancelled"):
        error = fact.error or {}
        cancelled = fact.kind == "cancelled"
        return TaskFailed(
            task_id=task_id,
            node_id=node_id,
            error=error.get("message") or ("It was cancelled." if cancelled else "It failed."),
            code=error.get("code") or ("task.cancelled" if cancelled else "task.failed"),
            hint=error.get("hint") or "",
        )
    return None


def _result(take: execution.Take) -> dict[str, Any]:
    """A take as the wire tells of it: where its bytes are asked for, and no path."""
    content = f"/api/v1/takes/{take.id}/content"
    return {
        "take_id": str(take.id),
        "name": take.name,
        "version": take.version,
        "number": take.number,
        "url": content,
        "outputs": [
            {
                "socket": output.socket,
                "url": f"{content}?output={output.socket}",
                "media_type": output.media.media_type,
                "size": output.media.size,
            }
            for output in take.outputs
        ],
    }
