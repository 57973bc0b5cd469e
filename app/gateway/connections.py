"""Everybody who has a project open: what happened is turned into one frame, and given to each."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from uuid import UUID

from app import accounts, projects
from app.collaboration import GraphChanged, GraphClosed
from app.platform import bus
from app.platform.database import CONNECTION_ERRORS
from app.platform.telemetry import get_logger
from app.projects import Right, within_scopes

from .outbox import Frame
from .protocol import Outbound
from .protocol.outbound import Bye
from .rates import Share
from .session import Session
from .syncs import Syncs, stored_ops

log = get_logger(__name__)

MOST = 10_000
MOST_OF_ONE = 256
LOOK = 5.0
FAREWELL = 1.0

Joined = Callable[[UUID, str], Awaitable[None] | None]


class ConnectionManager:
    """The sessions of one project."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        self.graphs: dict[UUID, dict[str, Session]] = {}

    def enter(self, session: Session, graph_id: UUID) -> None:
        """From now on the session is told what happens in this graph, and in no other."""
        self.leave(session)
        self.sessions[session.id] = session
        self.graphs.setdefault(graph_id, {})[session.id] = session

    def leave(self, session: Session) -> None:
        """The session is told nothing any more."""
        self.sessions.pop(session.id, None)
        for graph_id, members in list(self.graphs.items()):
            if members.pop(session.id, None) is not None and not members:
                del self.graphs[graph_id]


class Connections:
    """All projects' sessions in this process."""

    def __init__(self) -> None:
        self.syncs = Syncs()
        self.closing = False
        self._managers: dict[UUID, ConnectionManager] = {}
        self._open: set[Session] = set()
        self._empty = asyncio.Event()
        self._of_one: Counter[tuple[UUID, UUID]] = Counter()
        self._shares: dict[UUID, Share] = {}
        self._sessions: dict[str, Session] = {}
        self._on_join: list[Joined] = []
        self._forget = [
            bus.listen(GraphChanged, self._on_graph_changed),
            bus.listen(GraphClosed, self._on_graph_closed),
        ]

    # ------------------------------------------------------------------ who is there

    def admit(self, session: Session) -> bool:
        """Count a connection in, if there is room for it."""
        who = (session.actor.user_id, session.project_id)
        if self.closing or len(self._open) >= MOST or self._of_one[who] >= MOST_OF_ONE:
            return False
        self._open.add(session)
        self._of_one[who] += 1
        return True

    def share_of(self, user_id: UUID) -> Share:
        """What all connections of a person use of the studio together, in whichever project."""
        return self._shares.setdefault(user_id, Share())

    def enter(self, session: Session, graph_id: UUID) -> None:
        """A session joins a graph of its project."""
        manager = self._managers.setdefault(session.project_id, ConnectionManager())
        manager.enter(session, graph_id)
        self._sessions[session.id] = session

    async def joined(self, session: Session) -> None:
        """A session has been welcomed: it gets last values from whoever keeps some."""
        for callback in self._on_join:
            result = callback(session.project_id, session.id)
            if result is not None:
                await result

    def leave(self, session: Session) -> None:
        """A connection has ended."""
        if session in self._open:
            self._open.discard(session)
            self._of_one -= Counter([(session.actor.user_id, session.project_id)])
            if not self._open:
                self._empty.set()
        self._sessions.pop(session.id, None)
        manager = self._managers.get(session.project_id)
        if manager is not None:
            manager.leave(session)
            if not manager.sessions:
                del self._managers[session.project_id]

    def on_join(self, callback: Joined) -> None:
        """Call this with project and session whenever somebody has joined."""
        self._on_join.append(callback)

    def projects(self) -> list[UUID]:
        """The projects with anybody in them."""
        return list(self._managers)

    def graph_of(self, session_id: str) -> UUID | None:
        """The graph that a session is in."""
        session = self._sessions.get(session_id)
        return session.room.id if session and session.room else None

    # ------------------------------------------------------------------ telling

    def tell(self, project_id: UUID, event: Outbound, *, key: str | None = None) -> None:
        """Tell everybody in a project. With a `key` only the newest of it has to arrive."""
        manager = self._managers.get(project_id)
        if manager is None:
            return
        frame = Frame.of(event)
        for session in manager.sessions.values():
            if key is None:
                session.tell(frame)
            else:
                session.outbox.put_newest(frame, key)

    def tell_session(self, session_id: str, event: Outbound, *, key: str | None = None) -> None:
        """Tell one session."""
        session = self._sessions.get(session_id)
        if session is None:
            return
        if key is None:
            session.outbox.put(Frame.of(event))
        else:
            session.outbox.put_newest(Frame.of(event), key)

    def tell_presence(
        self, project_id: UUID, session_ids: Iterable[str] | None, event: Outbound, *, lossy: bool
    ) -> None:
        """Tell some sessions of a project, or all, of people. What is `lossy` may not arrive."""
        manager = self._managers.get(project_id)
        if manager is None:
            return
        chosen = manager.sessions if session_ids is None else session_ids
        frame = Frame.of(event)
        for session_id in chosen:
            session = manager.sessions.get(session_id)
            if session is None:
                continue
            if lossy:
                session.outbox.put_presence(frame)
            else:
                session.outbox.put(frame)

    async def _on_graph_changed(self, fact: GraphChanged) -> None:
        manager = self._managers.get(fact.project_id)
        members = manager.graphs.get(fact.graph_id) if manager else None
        if not members:
            return
        frame = stored_ops(str(fact.graph_id), fact.epoch, fact.transactions)
        for session in members.values():
            session.deliver(frame, fact.version)

    async def _on_graph_closed(self, fact: GraphClosed) -> None:
        manager = self._managers.get(fact.project_id)
        for session in list((manager.graphs.get(fact.graph_id) or {}).values() if manager else ()):
            self._dismiss(session, f"This canvas has to be opened again: {fact.reason}.")

    # ------------------------------------------------------------------ sending away

    def _dismiss(self, session: Session, reason: str) -> None:
        session.dismiss(4503, Bye(reason=reason, retry_in=round(random.uniform(0.2, 1.5), 2)))

    async def say_goodbye(self) -> None:
        """Tell everybody that the studio goes down, and when to come back; wait a moment."""
        self.closing = True
        for session in list(self._open):
            self._dismiss(session, "The studio is being stopped or started again.")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL if self._open else 0):
                await self._empty.wait()

    async def watch(self) -> None:
        """Send away whose log-in or membership has ended, and who reads nothing; never ends."""
        while True:
            await asyncio.sleep(LOOK)
            for session in list(self._open):
                session.give_up_if_stuck(asyncio.get_running_loop().time())
            self._forget_shares()
            try:
                await self.check_rights()
            except CONNECTION_ERRORS as error:
                log.warning("socket.rights_not_checked", error=str(error)[:200])

    def _forget_shares(self) -> None:
        """Those of people who are gone, once they are as good as new."""
        here = {session.actor.user_id for session in self._open}
        for user_id, share in list(self._shares.items()):
            if user_id not in here and share.full:
                del self._shares[user_id]

    async def check_rights(self) -> None:
        """Look once at all log-ins and roles, in two queries."""
        sessions = list(self._open)
        if not sessions:
            return
        logins = {s.actor.session_id for s in sessions if s.actor.session_id is not None}
        alive = await accounts.sessions_alive(logins)
        who = {(s.actor.user_id, s.project_id) for s in sessions}
        memberships = await projects.memberships_of(who)
        for session in sessions:
            held = memberships.get((session.actor.user_id, session.project_id))
            rights = within_scopes(held.rights, session.actor) if held else frozenset()
            if session.actor.session_id is not None and session.actor.session_id not in alive:
                session.dismiss(4401, Bye(reason="This log-in has ended.", retry_in=0))
            elif Right.READ not in rights:
                session.dismiss(4403, Bye(reason="You left this project.", retry_in=0))
            else:
                session.rights = rights

    def close(self) -> None:
        """Listen no more."""
        for forget in self._forget:
            forget()
