"""The queue as each watched project sees it: sent when it changed, and seldom when it is long."""

from __future__ import annotations

from uuid import UUID

from app.platform.database import DatabaseRole, unit_of_work
from app.scheduling import read_queues

from .audience import Audience
from .protocol.outbound import QueueChanged, QueuedTask

INTERVAL = 0.5
# Each entry costs every viewer a hundred bytes: a queue of a thousand is sent each five seconds.
INTERVAL_PER_ENTRY = 0.005
KEY = "queue"


class Queues:
    """The queues of all projects with people in them. The clock is an argument."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self._last_sent: dict[UUID, QueueChanged] = {}
        self._sent_at: dict[UUID, float] = {}
        self._newcomers: dict[UUID, set[str]] = {}
        self._read_at = float("-inf")

    def joined(self, project_id: UUID, session_id: str) -> None:
        """Send this session the queue with the next refresh."""
        self._newcomers.setdefault(project_id, set()).add(session_id)

    def due(self, now: float) -> bool:
        """Whether it is time to look again."""
        return bool(self._newcomers) or now >= self._read_at + INTERVAL

    async def refresh(self, now: float) -> None:
        """Read the queues, and send those that changed."""
        self._read_at = now
        projects = self._audience.projects()
        for project_id in self._last_sent.keys() - set(projects):
            del self._last_sent[project_id], self._sent_at[project_id]
        if not projects:
            self._newcomers.clear()
            return
        async with unit_of_work(role=DatabaseRole.SERVICE):
            queues = await read_queues(projects)
        newcomers, self._newcomers = self._newcomers, {}
        for project_id, entries in queues.items():
            event = QueueChanged(
                entries=tuple(
                    QueuedTask(
                        task_id=str(entry.task_id),
                        node_id=entry.node_id,
                        position=entry.position,
                        cause=entry.cause,
                        cause_kind=entry.cause_kind,
                        hint=entry.hint,
                        expected_wait=entry.expected_wait,
                    )
                    for entry in entries
                )
            )
            before = self._last_sent.get(project_id)
            if event != before and now >= self._next(project_id):
                self._last_sent[project_id] = event
                self._sent_at[project_id] = now
                self._audience.broadcast(project_id, event, key=KEY)
            for session_id in newcomers.get(project_id, ()):
                self._audience.send_to(session_id, self._last_sent.get(project_id, event), key=KEY)

    def _next(self, project_id: UUID) -> float:
        sent = self._last_sent.get(project_id)
        if sent is None:
            return float("-inf")
        return self._sent_at[project_id] + max(INTERVAL, INTERVAL_PER_ENTRY * len(sent.entries))
