"""Who is where in a project, and who has to be told of it: pure, the clock is an argument.

What moves is told once in a tick, whole, to those who look at the same subflow of the same graph;
all others learn only in which subflow somebody is. Who drops is `away` for a while, so that a
reconnection moves nobody's avatar.
"""

from __future__ import annotations

import hashlib
import math
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import msgspec

from app.accounts import Actor

GRACE = 10.0
# How often those who looked on are told everything again: a slow client may have lost a frame.
REFRESH = 5.0
FARTHEST = 1e7
MOST_IDS = 200
LONGEST_ID = 64
LONGEST_NAME = 100
IDS_PER_TICK = 50
AWAY_PER_PERSON = 8
REMEMBERED = 100

# To be read on with dark letters, and told apart also by who sees no red or no green.
PALETTE = (
    "#8cc6ff", "#d17d00", "#4dffa6", "#db4dff", "#ffcc00", "#ff4d82",
    "#009e8e", "#ebab81", "#8cffff", "#b8b800", "#00d1bc", "#e6ff00",
)  # fmt: skip


class Drag(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody drags, and how far."""

    ids: tuple[str, ...]
    by: tuple[float, float]


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in one window, and what they do there. `away` has lost the connection."""

    session_id: str
    user_id: str
    name: str
    colour: str
    graph_id: str
    subflow: str | None = None
    cursor: tuple[float, float] | None = None
    selection: tuple[str, ...] = ()
    drag: Drag | None = None
    editing: str | None = None
    away: bool = False

    @property
    def place(self) -> Place:
        """The part of a canvas that this window shows."""
        return self.graph_id, self.subflow

    def from_elsewhere(self) -> Visitor:
        """What people in other rooms see of it."""
        return msgspec.structs.replace(self, cursor=None, selection=(), drag=None, editing=None)


Place = tuple[str, str | None]


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to tell to some sessions. What is `lossy` is told again later."""

    project_id: UUID
    sessions: tuple[str, ...]
    everybody: bool
    people: tuple[Visitor, ...]
    gone: tuple[str, ...] = ()
    lossy: bool = False


class _Seat:
    """A session as the board keeps it."""

    __slots__ = ("client_id", "left_at", "project_id", "told_at", "visitor")

    def __init__(self, project_id: UUID, client_id: str, visitor: Visitor) -> None:
        self.project_id = project_id
        self.client_id = client_id
        self.visitor = visitor
        self.left_at: float | None = None
        self.told_at = -math.inf

    @property
    def patience(self) -> int:
        """In ticks: who drags hundreds of nodes is told of less often than who moves a cursor."""
        drag = self.visitor.drag
        ids = len(self.visitor.selection) + (len(drag.ids) if drag else 0)
        return 1 + ids // IDS_PER_TICK


class _Project:
    """The seats of one project, and what of them is still to be told."""

    def __init__(self) -> None:
        self.seats: dict[str, _Seat] = {}
        self.moved: set[str] = set()
        # These are told to everybody: who came, went, came back, or went into another room.
        self.changed: set[str] = set()
        # These see a room for the first time.
        self.entered: set[str] = set()
        self.gone: list[str] = []
        # These have missed something, and are told all of it.
        self.missed: set[str] = set()
        self.lately_gone: deque[str] = deque(maxlen=REMEMBERED)
        self.refresh: dict[Place, float] = {}
        self.told_at = -math.inf

    @property
    def present(self) -> list[_Seat]:
        return [seat for seat in self.seats.values() if seat.left_at is None]

    @property
    def tick(self) -> float:
        people = len(self.seats)
        return 0.05 if people <= 10 else 0.1 if people <= 50 else 0.2


class PresenceBoard:
    """All projects' people. It does nothing by itself: `collect` says what is to be told now."""

    def __init__(self) -> None:
        self._projects: dict[UUID, _Project] = {}
        self._seats: dict[str, _Seat] = {}

    def joined(
        self,
        project_id: UUID,
        session_id: str,
        user: Actor,
        graph_id: UUID | str,
        client_id: str = "",
    ) -> Visitor:
        """Let a session in. Who was away as this client takes their place and colour again."""
        if session_id in self._seats:
            self.removed(session_id)
        project = self._projects.setdefault(project_id, _Project())
        user_id = str(user.user_id)
        visitor = Visitor(
            session_id=session_id,
            user_id=user_id,
            name=user.name[:LONGEST_NAME],
            colour=_colour(project, user_id),
            graph_id=str(graph_id),
        )
        before = _away_as(project, user_id, client_id)
        if before is not None:
            if before.visitor.graph_id == visitor.graph_id:
                visitor = msgspec.structs.replace(
                    before.visitor, session_id=session_id, name=visitor.name, away=False
                )
            self.removed(before.visitor.session_id)
            # The project went with its last seat.
            project = self._projects.setdefault(project_id, project)
        seat = project.seats[session_id] = self._seats[session_id] = _Seat(
            project_id, client_id, visitor
        )
        for gone in (project.gone, project.lately_gone):
            if session_id in gone:
                gone.remove(session_id)
        project.changed.add(seat.visitor.session_id)
        project.entered.add(session_id)
        return visitor

    def update(self, session_id: str, given: Mapping[str, Any]) -> None:
        """Take what a client says of its place. What is not given stays; nothing is an error."""
        seat = self._seats.get(session_id)
        if seat is None or seat.left_at is not None:
            return
        before = seat.visitor
        seat.visitor = msgspec.structs.replace(before, **_cleaned(given))
        if seat.visitor == before:
            return
        project = self._projects[seat.project_id]
        project.moved.add(session_id)
        if seat.visitor.place != before.place:
            project.changed.add(session_id)
            project.entered.add(session_id)

    def left(self, session_id: str, now: float) -> None:
        """A connection ended: its session is away, and gone when nobody comes back in time."""
        seat = self._seats.get(session_id)
        if seat is None or seat.left_at is not None:
            return
        project = self._projects[seat.project_id]
        away = [
            other
            for other in project.seats.values()
            if other.left_at is not None and other.visitor.user_id == seat.visitor.user_id
        ]
        came_back = any(
            other is not seat and other.left_at is None and other.client_id == seat.client_id
            for other in project.seats.values()
            if seat.client_id and other.visitor.user_id == seat.visitor.user_id
        )
        if came_back or len(away) >= AWAY_PER_PERSON:
            self.removed(session_id)
            return
        seat.left_at = now
        seat.visitor = msgspec.structs.replace(seat.visitor, away=True, drag=None)
        project.changed.add(session_id)

    def removed(self, session_id: str) -> None:
        """Take a session off the board at once."""
        seat = self._seats.pop(session_id, None)
        if seat is None:
            return
        project = self._projects[seat.project_id]
        del project.seats[session_id]
        for waiting in (project.moved, project.changed, project.entered, project.missed):
            waiting.discard(session_id)
        project.gone.append(session_id)
        project.lately_gone.append(session_id)
        if not project.seats:
            del self._projects[seat.project_id]

    def missed(self, session_id: str) -> None:
        """A session did not get what it was told: tell it of everybody."""
        seat = self._seats.get(session_id)
        if seat is not None and seat.left_at is None:
            self._projects[seat.project_id].missed.add(session_id)

    def people(self, project_id: UUID) -> tuple[Visitor, ...]:
        """Everybody in a project, as people elsewhere see them."""
        project = self._projects.get(project_id)
        if project is None:
            return ()
        return tuple(seat.visitor.from_elsewhere() for seat in project.seats.values())

    def visitor(self, session_id: str) -> Visitor | None:
        """One session whole, for the server's own use."""
        seat = self._seats.get(session_id)
        return None if seat is None else seat.visitor

    def project_of(self, session_id: str) -> UUID | None:
        """The project that a session is in."""
        seat = self._seats.get(session_id)
        return None if seat is None else seat.project_id

    @property
    def empty(self) -> bool:
        """Whether nobody is there, nor was there lately."""
        return not self._seats

    def next_due(self) -> float | None:
        """When `collect` has something to do; None while nothing moves."""
        return min((due for p in self._projects.values() for due in _dues(p)), default=None)

    def collect(self, now: float) -> list[Sight]:
        """What is to be told now. It counts as told."""
        for session_id, seat in list(self._seats.items()):
            if seat.left_at is not None and now >= seat.left_at + GRACE:
                self.removed(session_id)
        sights: list[Sight] = []
        for project_id, project in self._projects.items():
            if now >= project.told_at + project.tick or now < project.told_at:
                sights += _sights(project_id, project, now)
        return sights


def _dues(project: _Project) -> Iterator[float]:
    if project.moved or project.changed or project.gone or project.entered or project.missed:
        yield project.told_at + project.tick
    yield from (max(due, project.told_at + project.tick) for due in project.refresh.values())
    yield from (s.left_at + GRACE for s in project.seats.values() if s.left_at is not None)


def _sights(project_id: UUID, project: _Project, now: float) -> Iterator[Sight]:
    rooms: dict[Place, list[_Seat]] = {}
    for seat in project.seats.values():
        rooms.setdefault(seat.visitor.place, []).append(seat)
    due = {
        session_id
        for session_id in project.moved | project.changed
        if session_id in project.changed
        or now >= project.seats[session_id].told_at + project.tick * _patience(project, session_id)
    }
    project.told_at = now
    yield from _repeats(project_id, project)
    if not (due or project.gone or project.entered or project.refresh):
        return
    gone = tuple(project.gone)
    changed = [project.seats[s].visitor for s in project.seats if s in project.changed]
    present = len(project.present)
    for room, seats in rooms.items():
        viewers = [s.visitor.session_id for s in seats if s.left_at is None]
        here = [s.visitor for s in seats if s.visitor.session_id in due]
        elsewhere = [v.from_elsewhere() for v in changed if v.place != room]
        fresh = [s for s in viewers if s in project.entered]
        rest = [s for s in viewers if s not in project.entered]
        told = (*here, *elsewhere)
        if fresh:
            # They see this room for the first time: all of it.
            whole = (*(s.visitor for s in seats), *elsewhere)
            if len(whole) > 1 or gone:
                yield Sight(
                    project_id=project_id,
                    sessions=tuple(fresh),
                    everybody=len(fresh) == present,
                    people=whole,
                    gone=gone,
                )
        loud = bool(gone or elsewhere or any(v.session_id in project.changed for v in here))
        refresh = now >= project.refresh.get(room, math.inf)
        if refresh:
            del project.refresh[room]
            told = (*(s.visitor for s in seats), *elsewhere)
        if rest and (told or gone) and not (_alone(rest, told) and not gone):
            yield Sight(
                project_id=project_id,
                sessions=tuple(rest),
                everybody=len(rest) == present,
                people=told,
                gone=gone,
                lossy=not loud,
            )
            if not loud and not refresh:
                project.refresh.setdefault(room, now + REFRESH)
    for room in [room for room in project.refresh if room not in rooms]:
        del project.refresh[room]
    for session_id in due:
        project.seats[session_id].told_at = now
    project.moved -= due
    project.changed.clear()
    project.entered.clear()
    project.gone.clear()


def _repeats(project_id: UUID, project: _Project) -> Iterator[Sight]:
    for session_id in project.missed:
        place = project.seats[session_id].visitor.place
        everybody = [seat.visitor for seat in project.seats.values()]
        yield Sight(
            project_id=project_id,
            sessions=(session_id,),
            everybody=False,
            people=tuple(v if v.place == place else v.from_elsewhere() for v in everybody),
            gone=tuple(project.lately_gone),
        )
    project.missed.clear()


def _patience(project: _Project, session_id: str) -> int:
    return project.seats[session_id].patience


def _alone(viewers: list[str], told: tuple[Visitor, ...]) -> bool:
    """Whether the only one who would be told is the one who moved."""
    return len(viewers) == 1 and all(v.session_id == viewers[0] for v in told)


def _away_as(project: _Project, user_id: str, client_id: str) -> _Seat | None:
    """The seat that this client left, if it is still kept."""
    if not client_id:
        return None
    for seat in project.seats.values():
        same = seat.client_id == client_id and seat.visitor.user_id == user_id
        if same and seat.left_at is not None:
            return seat
    return None


def _colour(project: _Project, user_id: str) -> str:
    """A person's colour: theirs by their id, unless somebody else in the project has it now."""
    taken: dict[str, set[str]] = {colour: set() for colour in PALETTE}
    for seat in project.seats.values():
        if seat.visitor.user_id == user_id:
            return seat.visitor.colour
        taken[seat.visitor.colour].add(seat.visitor.user_id)
    first = int.from_bytes(hashlib.sha256(user_id.encode()).digest()[:4])
    wishes = [PALETTE[(first + step) % len(PALETTE)] for step in range(len(PALETTE))]
    return min(wishes, key=lambda colour: len(taken[colour]))


def _cleaned(given: Mapping[str, Any]) -> dict[str, Any]:
    """What a client said, as far as it can be shown to others."""
    clean: dict[str, Any] = {}
    if "cursor" in given:
        clean["cursor"] = _point(given["cursor"])
    if "selection" in given:
        clean["selection"] = _ids(given["selection"] or ())
    if "drag" in given:
        drag = given["drag"]
        by = None if drag is None else _point(drag.by)
        clean["drag"] = None if drag is None or by is None else Drag(ids=_ids(drag.ids), by=by)
    for name in ("subflow", "editing"):
        if name in given:
            clean[name] = None if given[name] is None else str(given[name])[:LONGEST_ID]
    return clean


def _ids(given: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(one)[:LONGEST_ID] for one in given[:MOST_IDS]))


def _point(given: Any) -> tuple[float, float] | None:
    """A point on the canvas, to a tenth; None for what is nowhere."""
    if given is None or not all(math.isfinite(value) for value in given):
        return None
    x, y = (round(min(FARTHEST, max(-FARTHEST, value)), 1) for value in given)
    return x, y
