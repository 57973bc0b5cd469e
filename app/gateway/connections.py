"""Everybody who has a project open: what happened is turned into one frame, and sent to each."""

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
from app.platform.background import end_task
from app.platform.database import CONNECTION_ERRORS
from app.platform.notifications import Notifications
from app.platform.telemetry import get_logger
from app.projects import Right, within_scopes

from .loop_share import TimeBudgets
from .outbox import Frame
from .protocol import Outbound
from .protocol.outbound import Bye, RightsChanged
from .rate_limit import TimeBudget
from .session import Session
from .snapshots import Snapshots, ops_frame

log = get_logger(__name__)

MAX_CONNECTIONS = 10_000
MAX_CONNECTIONS_PER_PERSON = 256
RIGHTS_INTERVAL = 5.0
# While the database's notifications cannot be heard.
RIGHTS_INTERVAL_UNNOTIFIED = 0.2
RIGHTS_CHANNEL = "director_rights"
EVERYBODY = ""
GOODBYE_TIMEOUT = 1.0

OnJoin = Callable[[UUID, str], Awaitable[None] | None]


class ConnectionManager:
    """The connections of this process: who is in which project and graph, and what is sent there.

    A connection is counted from `admit` to `leave`. It is sent what happens in its project, and
    the changes of one graph, from `enter` on.
    """

    def __init__(self, time_budgets: TimeBudgets | None = None) -> None:
        self.snapshots = Snapshots()
        self.closing = False
        self._open: set[Session] = set()
        self._none_open = asyncio.Event()
        self._per_person: Counter[tuple[UUID, UUID]] = Counter()
        self._time_budgets = TimeBudgets() if time_budgets is None else time_budgets
        self._sessions: dict[str, Session] = {}
        self._by_project: dict[UUID, dict[str, Session]] = {}
        self._by_graph: dict[UUID, dict[str, Session]] = {}
        self._graph_of: dict[str, UUID] = {}
        self._on_join: list[OnJoin] = []
        # Whose rights have to be looked at: `user:…`, `project:…`, or EVERYBODY.
        self._rights_changed: set[str] = set()
        self._rights_notified = asyncio.Event()
        self._notifications = Notifications(
            RIGHTS_CHANNEL, self.rights_changed, lambda: self.rights_changed(EVERYBODY)
        )
        self._unsubscribe = [
            bus.listen(GraphChanged, self._on_graph_changed),
            bus.listen(GraphClosed, self._on_graph_closed),
        ]

    # ------------------------------------------------------------------ who is there

    def admit(self, session: Session) -> bool:
        """Count a connection in, if there is room for it."""
        who = (session.actor.user_id, session.project_id)
        full = len(self._open) >= MAX_CONNECTIONS
        if self.closing or full or self._per_person[who] >= MAX_CONNECTIONS_PER_PERSON:
            return False
        self._open.add(session)
        self._per_person[who] += 1
        # Its rights were read a moment ago, and may have changed since.
        self.rights_changed(f"user:{session.actor.user_id}")
        return True

    def counts(self) -> dict[str, int]:
        """How many connections are open, and in how many projects and canvases."""
        return {
            "sockets": len(self._open),
            "open_projects": len(self._by_project),
            "open_canvases": len(self._by_graph),
        }

    def time_budget_of(self, user_id: UUID) -> TimeBudget:
        """What all connections of a person use of the studio together, in whichever project."""
        return self._time_budgets.of(user_id)

    def enter(self, session: Session, graph_id: UUID) -> None:
        """A session joins a graph of its project; from now on it is sent no other's changes."""
        self._leave_graph(session)
        self._sessions[session.id] = session
        self._by_project.setdefault(session.project_id, {})[session.id] = session
        self._by_graph.setdefault(graph_id, {})[session.id] = session
        self._graph_of[session.id] = graph_id

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
            self._per_person -= Counter([(session.actor.user_id, session.project_id)])
            if not self._open:
                self._none_open.set()
        self._leave_graph(session)
        self._sessions.pop(session.id, None)
        _drop(self._by_project, session.project_id, session.id)

    def _leave_graph(self, session: Session) -> None:
        graph_id = self._graph_of.pop(session.id, None)
        if graph_id is not None:
            _drop(self._by_graph, graph_id, session.id)

    def on_join(self, callback: OnJoin) -> None:
        """Call this with project and session whenever somebody has joined."""
        self._on_join.append(callback)

    def projects(self) -> list[UUID]:
        """The projects with anybody in them."""
        return list(self._by_project)

    # ------------------------------------------------------------------ sending

    def broadcast(self, project_id: UUID, event: Outbound, *, key: str | None = None) -> None:
        """Send to everybody in a project. With a `key` only the newest of it has to arrive."""
        members = self._by_project.get(project_id)
        if not members:
            return
        frame = Frame.of(event)
        for session in members.values():
            if key is None:
                session.send_frame(frame)
            else:
                session.outbox.put_newest(frame, key)

    def send_to(self, session_id: str, event: Outbound, *, key: str | None = None) -> None:
        """Send to one session."""
        session = self._sessions.get(session_id)
        if session is None:
            return
        if key is None:
            session.outbox.put(Frame.of(event))
        else:
            session.outbox.put_newest(Frame.of(event), key)

    def broadcast_presence(
        self, project_id: UUID, session_ids: Iterable[str] | None, event: Outbound, *, lossy: bool
    ) -> None:
        """Send presence to some sessions of a project, or to all. What is `lossy` may be lost."""
        members = self._by_project.get(project_id)
        if not members:
            return
        frame = Frame.of(event)
        for session_id in members if session_ids is None else session_ids:
            session = members.get(session_id)
            if session is None:
                continue
            if lossy:
                session.outbox.put_presence(frame)
            else:
                session.outbox.put(frame)

    async def _on_graph_changed(self, fact: GraphChanged) -> None:
        members = self._by_graph.get(fact.graph_id)
        if not members:
            return
        frame = ops_frame(str(fact.graph_id), fact.epoch, fact.transactions)
        for session in members.values():
            session.deliver(frame, fact.version)

    async def _on_graph_closed(self, fact: GraphClosed) -> None:
        for session in list(self._by_graph.get(fact.graph_id, {}).values()):
            self._send_away(session, f"This canvas has to be opened again: {fact.reason}.")

    # ------------------------------------------------------------------ sending away

    def _send_away(self, session: Session, reason: str) -> None:
        session.disconnect(4503, Bye(reason=reason, retry_in=round(random.uniform(0.2, 1.5), 2)))

    async def say_goodbye(self) -> None:
        """Tell everybody that the studio goes down, and when to come back; wait a moment."""
        self.closing = True
        for session in list(self._open):
            self._send_away(session, "The studio is being stopped or started again.")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_TIMEOUT if self._open else 0):
                await self._none_open.wait()

    async def watch(self) -> None:
        """Send away whose log-in or membership has ended, and who reads nothing; never ends.

        The database notifies of every change of rights, whoever made it. While its notifications
        cannot be heard, all are looked at again and again.
        """
        listening = asyncio.create_task(self._notifications.run())
        looked = asyncio.get_running_loop().time()
        try:
            while True:
                heard = self._notifications.listening
                wait = RIGHTS_INTERVAL if heard else RIGHTS_INTERVAL_UNNOTIFIED
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._rights_notified.wait()
                now = asyncio.get_running_loop().time()
                if now - looked >= RIGHTS_INTERVAL:
                    # A log-in that runs out is no change that anybody is notified of.
                    self._rights_changed.add(EVERYBODY)
                    looked = now
                    for session in list(self._open):
                        session.close_if_stalled(now)
                    self._time_budgets.forget({s.actor.user_id for s in self._open})
                try:
                    await self._note_use()
                    await self.check_rights()
                except CONNECTION_ERRORS as error:
                    log.warning("socket.rights_not_checked", error=str(error)[:200])
                    await asyncio.sleep(RIGHTS_INTERVAL_UNNOTIFIED)
        finally:
            await end_task(listening)

    async def _note_use(self) -> None:
        """Whoever did something over a socket has used the log-in that it came by."""
        used = [s for s in self._open if s.used]
        for session in used:
            session.used = False
        if ids := {s.actor.session_id for s in used if s.actor.session_id is not None}:
            await accounts.note_use(ids)

    def rights_changed(self, whose: str) -> None:
        """Rights have changed: of `user:…`, in `project:…`, or of EVERYBODY, as far as is known."""
        kind, _, text = whose.partition(":")
        if kind == "user":
            accounts.forget_person(UUID(text))
        self._rights_changed.add(whose)
        self._rights_notified.set()

    async def check_rights(self) -> None:
        """Look at the log-ins and roles of those who were told of, or of all, in two queries."""
        changed, self._rights_changed = self._rights_changed, set()
        self._rights_notified.clear()
        everybody = not changed or EVERYBODY in changed
        sessions = [s for s in self._open if everybody or s.concerned_by(changed)]
        if not sessions:
            return
        logins = {s.actor.login_id for s in sessions if s.actor.login_id is not None}
        who = {(s.actor.user_id, s.project_id) for s in sessions}
        try:
            alive = await accounts.logins_alive(logins)
            memberships = await projects.memberships_of(who)
        except BaseException:
            self._rights_changed |= changed or {EVERYBODY}
            raise
        for session in sessions:
            membership = memberships.get((session.actor.user_id, session.project_id))
            rights = within_scopes(membership.rights, session.actor) if membership else frozenset()
            if session.actor.login_id is not None and session.actor.login_id not in alive:
                session.disconnect(4401, Bye(reason="This log-in has ended.", retry_in=0))
            elif membership is None or Right.READ not in rights:
                session.disconnect(
                    4403, Bye(reason="This project is not yours to see any more.", retry_in=0)
                )
            elif session.rights != rights:
                session.rights = rights
                names = tuple(sorted(right.value for right in rights))
                session.send(RightsChanged(role=membership.role, rights=names))

    def close(self) -> None:
        """Listen no more."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()


def _drop(members: dict[UUID, dict[str, Session]], place: UUID, session_id: str) -> None:
    """Take a session out of a place, and the place away when nobody is left in it."""
    inside = members.get(place)
    if inside is not None:
        inside.pop(session_id, None)
        if not inside:
            del members[place]
