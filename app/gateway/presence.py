"""Presence on the wire: what sessions say of their places, and what each is sent of the others.

Its task runs while somebody is there. Who is sent what is decided by the board
(`app/collaboration/presence.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable
from typing import Protocol
from uuid import UUID

import asyncpg
import msgspec

from app.accounts import Actor
from app.collaboration import GraphSessions, PresenceBoard, SessionPresence
from app.platform.background import end_task
from app.platform.database import CONNECTION_ERRORS
from app.platform.telemetry import get_logger

from .protocol import Outbound, inbound
from .protocol.outbound import Person, PresenceChanged

log = get_logger(__name__)

WRITE_INTERVAL = 2.0


class PresenceAudience(Protocol):
    """What presence needs of the connections."""

    def broadcast_presence(
        self, project_id: UUID, session_ids: Iterable[str] | None, event: Outbound, *, lossy: bool
    ) -> None: ...


class Presence:
    """Everybody who is there, in all projects of this process."""

    def __init__(
        self,
        audience: PresenceAudience,
        *,
        clock: Callable[[], float] = time.monotonic,
        keep_rows: bool = True,
    ) -> None:
        self._audience = audience
        self._clock = clock
        self._board = PresenceBoard()
        self._rows = GraphSessions(self._board) if keep_rows else None
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    def joined(
        self,
        project_id: UUID,
        session_id: str,
        user: Actor,
        graph_id: UUID | str,
        client_id: str = "",
    ) -> Person:
        """Let a session in. One that dropped lately gives its place and colour to its client."""
        presence = self._board.joined(project_id, session_id, user, graph_id, client_id)
        self._note(session_id)
        self._begin()
        return _person(presence)

    def update(self, session_id: str, given: inbound.Presence) -> None:
        """Take what a client says of its place."""
        fields = {
            name: value
            for name in given.__struct_fields__
            if (value := getattr(given, name)) is not msgspec.UNSET
        }
        self._board.update(session_id, fields)
        self._note(session_id)

    def left(self, session_id: str) -> None:
        """Let a session go: it is away for a while, and then gone."""
        self._board.left(session_id, self._clock())
        if self._rows is not None:
            self._rows.end(session_id)
        self._wake.set()

    def missed(self, session_id: str) -> None:
        """A session's queue was emptied: send it again where everybody is."""
        self._board.missed(session_id)
        self._wake.set()

    def people(self, project_id: UUID) -> tuple[Person, ...]:
        """Everybody in a project, as a newcomer is sent; details of their room follow at once."""
        return tuple(_person(presence) for presence in self._board.people(project_id))

    async def close(self) -> None:
        """End, and leave no rows behind."""
        self._closing = True
        if self._task is not None:
            await end_task(self._task)
        if self._rows is not None:
            with contextlib.suppress(*CONNECTION_ERRORS, asyncpg.PostgresError):
                await self._rows.close()

    def _note(self, session_id: str) -> None:
        if self._rows is not None:
            self._rows.note(session_id)
        self._wake.set()

    def _begin(self) -> None:
        if not self._closing and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._run(), name="presence")

    async def _run(self) -> None:
        """Send until nobody is there any more."""
        write_at = self._clock() + WRITE_INTERVAL
        while True:
            self._wake.clear()
            try:
                self.send_due()
            except Exception:
                # A fault of ours must not freeze everybody's cursors for good.
                log.exception("presence.failed")
                await asyncio.sleep(1)
            if self._rows is not None and self._clock() >= write_at:
                await self._write(self._rows)
                write_at = self._clock() + WRITE_INTERVAL
            due = self._board.next_due()
            if due is None and self._board.empty:
                break
            if self._rows is not None:
                due = write_at if due is None else min(due, write_at)
            await self._sleep(due)
        if self._rows is not None:
            await self._write(self._rows)

    def send_due(self) -> None:
        """Send what is due now."""
        for sight in self._board.collect(self._clock()):
            event = PresenceChanged(
                people=tuple(_person(presence) for presence in sight.people), gone=sight.gone
            )
            sessions = None if sight.everybody else sight.sessions
            self._audience.broadcast_presence(sight.project_id, sessions, event, lossy=sight.lossy)

    async def _sleep(self, due: float | None) -> None:
        """Until something is due; an event wakes only when nothing was."""
        moving = due is not None and due - self._clock() <= 0.2
        if due is not None and moving:
            await asyncio.sleep(max(0.001, due - self._clock()))
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None if due is None else due - self._clock()):
                await self._wake.wait()

    async def _write(self, rows: GraphSessions) -> None:
        try:
            await rows.write(self._clock())
        except (*CONNECTION_ERRORS, asyncpg.PostgresError) as error:
            log.warning("presence.not_written", error=f"{type(error).__name__}: {error}"[:200])


def _person(presence: SessionPresence) -> Person:
    drag = presence.drag
    return Person(
        session_id=presence.session_id,
        user_id=presence.user_id,
        name=presence.name,
        colour=presence.colour,
        graph_id=presence.graph_id,
        cursor=presence.cursor,
        selection=presence.selection,
        drag=None if drag is None else inbound.Drag(ids=drag.ids, by=drag.by),
        subflow=presence.subflow,
        editing=presence.editing,
        away=presence.away,
    )
