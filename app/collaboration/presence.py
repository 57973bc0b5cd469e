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
MAX_COORDINATE = 1e7
MAX_IDS = 200
MAX_ID_LENGTH = 64
MAX_NAME_LENGTH = 100
IDS_PER_TICK = 50
MAX_AWAY_PER_PERSON = 8
REMEMBERED_DEPARTURES = 100

# To be read on with dark letters, and told apart also by who sees no red or no green.
PALETTE = (
    "#8cc6ff", "#d17d00", "#4dffa6", "#db4dff", "#ffcc00", "#ff4d82",
    "#009e8e", "#ebab81", "#8cffff", "#b8b800", "#00d1bc", "#e6ff00",
)  # fmt: skip


class Drag(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody drags, and how far."""

    ids: tuple[str, ...]
    by: tuple[float, float]


class SessionPresence(msgspec.Struct, frozen=True, kw_only=True):
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

    def from_elsewhere(self) -> SessionPresence:
        """What people in other rooms see of it."""
        return msgspec.structs.replace(self, cursor=None, selection=(), drag=None, editing=None)


Place = tuple[str, str | None]


class PresenceUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to tell to some sessions. What is `lossy` is told again later."""

    project_id: UUID
    sessions: tuple[str, ...]
    everybody: bool
    people: tuple[SessionPresence, ...]
    gone: tuple[str, ...] = ()
    lossy: bool = False


class _BoardEntry:
    """A session as the board keeps it."""

    __slots__ = ("client_id", "left_at", "presence", "project_id", "updated_at")

    def __init__(self, project_id: UUID, client_id: str, presence: SessionPresence) -> None:
        self.project_id = project_id
        self.client_id = client_id
        self.presence = presence
        self.left_at: float | None = None
        self.updated_at = -math.inf

    @property
    def ticks_between_updates(self) -> int:
        """In ticks: who drags hundreds of nodes is told of less often than who moves a cursor."""
        drag = self.presence.drag
        ids = len(self.presence.selection) + (len(drag.ids) if drag else 0)
        return 1 + ids // IDS_PER_TICK


class _Project:
    """The entries of one project, and what of them is still to be told."""

    def __init__(self) -> None:
        self.entries: dict[str, _BoardEntry] = {}
        self.moved: set[str] = set()
        # These are told to everybody: who came, went, came back, or went into another room.
        self.changed: set[str] = set()
        # These see a room for the first time.
        self.entered: set[str] = set()
        self.gone: list[str] = []
        # These have missed something, and are told all of it.
        self.missed: set[str] = set()
        self.recently_gone: deque[str] = deque(maxlen=REMEMBERED_DEPARTURES)
        self.refresh: dict[Place, float] = {}
        self.updated_at = -math.inf

    @property
    def present(self) -> list[_BoardEntry]:
        return [entry for entry in self.entries.values() if entry.left_at is None]

    @property
    def tick(self) -> float:
        people = len(self.entries)
        return 0.05 if people <= 10 else 0.1 if people <= 50 else 0.2


class PresenceBoard:
    """All projects' people. It does nothing by itself: `collect` says what is to be told now."""

    def __init__(self) -> None:
        self._projects: dict[UUID, _Project] = {}
        self._entries: dict[str, _BoardEntry] = {}

    def joined(
        self,
        project_id: UUID,
        session_id: str,
        user: Actor,
        graph_id: UUID | str,
        client_id: str = "",
    ) -> SessionPresence:
        """Let a session in. Who was away as this client takes their place and colour again."""
        if session_id in self._entries:
            self.removed(session_id)
        project = self._projects.setdefault(project_id, _Project())
        user_id = str(user.user_id)
        presence = SessionPresence(
            session_id=session_id,
            user_id=user_id,
            name=user.name[:MAX_NAME_LENGTH],
            colour=_colour(project, user_id),
            graph_id=str(graph_id),
        )
        before = _away_as(project, user_id, client_id)
        if before is not None:
            if before.presence.graph_id == presence.graph_id:
                presence = msgspec.structs.replace(
                    before.presence, session_id=session_id, name=presence.name, away=False
                )
            self.removed(before.presence.session_id)
            # The project went with its last entry.
            project = self._projects.setdefault(project_id, project)
        entry = project.entries[session_id] = self._entries[session_id] = _BoardEntry(
            project_id, client_id, presence
        )
        for gone in (project.gone, project.recently_gone):
            if session_id in gone:
                gone.remove(session_id)
        project.changed.add(entry.presence.session_id)
        project.entered.add(session_id)
        return presence

    def update(self, session_id: str, given: Mapping[str, Any]) -> None:
        """Take what a client says of its place. What is not given stays; nothing is an error."""
        entry = self._entries.get(session_id)
        if entry is None or entry.left_at is not None:
            return
        before = entry.presence
        entry.presence = msgspec.structs.replace(before, **_cleaned(given))
        if entry.presence == before:
            return
        project = self._projects[entry.project_id]
        project.moved.add(session_id)
        if entry.presence.place != before.place:
            project.changed.add(session_id)
            project.entered.add(session_id)

    def left(self, session_id: str, now: float) -> None:
        """A connection ended: its session is away, and gone when nobody comes back in time."""
        entry = self._entries.get(session_id)
        if entry is None or entry.left_at is not None:
            return
        project = self._projects[entry.project_id]
        away = [
            other
            for other in project.entries.values()
            if other.left_at is not None and other.presence.user_id == entry.presence.user_id
        ]
        came_back = any(
            other is not entry and other.left_at is None and other.client_id == entry.client_id
            for other in project.entries.values()
            if entry.client_id and other.presence.user_id == entry.presence.user_id
        )
        if came_back or len(away) >= MAX_AWAY_PER_PERSON:
            self.removed(session_id)
            return
        entry.left_at = now
        entry.presence = msgspec.structs.replace(entry.presence, away=True, drag=None)
        project.changed.add(session_id)

    def removed(self, session_id: str) -> None:
        """Take a session off the board at once."""
        entry = self._entries.pop(session_id, None)
        if entry is None:
            return
        project = self._projects[entry.project_id]
        del project.entries[session_id]
        for waiting in (project.moved, project.changed, project.entered, project.missed):
            waiting.discard(session_id)
        project.gone.append(session_id)
        project.recently_gone.append(session_id)
        if not project.entries:
            del self._projects[entry.project_id]

    def missed(self, session_id: str) -> None:
        """A session did not get what it was told: tell it of everybody."""
        entry = self._entries.get(session_id)
        if entry is not None and entry.left_at is None:
            self._projects[entry.project_id].missed.add(session_id)

    def people(self, project_id: UUID) -> tuple[SessionPresence, ...]:
        """Everybody in a project, as people elsewhere see them."""
        project = self._projects.get(project_id)
        if project is None:
            return ()
        return tuple(entry.presence.from_elsewhere() for entry in project.entries.values())

    def presence_of(self, session_id: str) -> SessionPresence | None:
        """One session whole, for the server's own use."""
        entry = self._entries.get(session_id)
        return None if entry is None else entry.presence

    def project_of(self, session_id: str) -> UUID | None:
        """The project that a session is in."""
        entry = self._entries.get(session_id)
        return None if entry is None else entry.project_id

    @property
    def empty(self) -> bool:
        """Whether nobody is there, nor was there lately."""
        return not self._entries

    def next_due(self) -> float | None:
        """When `collect` has something to do; None while nothing moves."""
        return min((due for p in self._projects.values() for due in _dues(p)), default=None)

    def collect(self, now: float) -> list[PresenceUpdate]:
        """What is to be told now. It counts as told."""
        for session_id, entry in list(self._entries.items()):
            if entry.left_at is not None and now >= entry.left_at + GRACE:
                self.removed(session_id)
        updates: list[PresenceUpdate] = []
        for project_id, project in self._projects.items():
            if now >= project.updated_at + project.tick or now < project.updated_at:
                updates += _updates_of(project_id, project, now)
        return updates


def _dues(project: _Project) -> Iterator[float]:
    if project.moved or project.changed or project.gone or project.entered or project.missed:
        yield project.updated_at + project.tick
    yield from (max(due, project.updated_at + project.tick) for due in project.refresh.values())
    yield from (s.left_at + GRACE for s in project.entries.values() if s.left_at is not None)


def _updates_of(project_id: UUID, project: _Project, now: float) -> Iterator[PresenceUpdate]:
    rooms: dict[Place, list[_BoardEntry]] = {}
    for entry in project.entries.values():
        rooms.setdefault(entry.presence.place, []).append(entry)
    due = {
        session_id
        for session_id in project.moved | project.changed
        if session_id in project.changed or now >= _next_update(project, session_id)
    }
    project.updated_at = now
    yield from _resent(project_id, project)
    if not (due or project.gone or project.entered or project.refresh):
        return
    gone = tuple(project.gone)
    changed = [project.entries[s].presence for s in project.entries if s in project.changed]
    present = len(project.present)
    for room, entries in rooms.items():
        viewers = [s.presence.session_id for s in entries if s.left_at is None]
        here = [s.presence for s in entries if s.presence.session_id in due]
        elsewhere = [v.from_elsewhere() for v in changed if v.place != room]
        fresh = [s for s in viewers if s in project.entered]
        rest = [s for s in viewers if s not in project.entered]
        people = (*here, *elsewhere)
        if fresh:
            # They see this room for the first time: all of it.
            whole = (*(s.presence for s in entries), *elsewhere)
            if len(whole) > 1 or gone:
                yield PresenceUpdate(
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
            people = (*(s.presence for s in entries), *elsewhere)
        if rest and (people or gone) and not (_only_mover_sees(rest, people) and not gone):
            yield PresenceUpdate(
                project_id=project_id,
                sessions=tuple(rest),
                everybody=len(rest) == present,
                people=people,
                gone=gone,
                lossy=not loud,
            )
            if not loud and not refresh:
                project.refresh.setdefault(room, now + REFRESH)
    for room in [room for room in project.refresh if room not in rooms]:
        del project.refresh[room]
    for session_id in due:
        project.entries[session_id].updated_at = now
    project.moved -= due
    project.changed.clear()
    project.entered.clear()
    project.gone.clear()


def _resent(project_id: UUID, project: _Project) -> Iterator[PresenceUpdate]:
    for session_id in project.missed:
        place = project.entries[session_id].presence.place
        everybody = [entry.presence for entry in project.entries.values()]
        yield PresenceUpdate(
            project_id=project_id,
            sessions=(session_id,),
            everybody=False,
            people=tuple(v if v.place == place else v.from_elsewhere() for v in everybody),
            gone=tuple(project.recently_gone),
        )
    project.missed.clear()


def _next_update(project: _Project, session_id: str) -> float:
    entry = project.entries[session_id]
    return entry.updated_at + project.tick * entry.ticks_between_updates


def _only_mover_sees(viewers: list[str], people: tuple[SessionPresence, ...]) -> bool:
    """Whether the only one who would be told is the one who moved."""
    return len(viewers) == 1 and all(v.session_id == viewers[0] for v in people)


def _away_as(project: _Project, user_id: str, client_id: str) -> _BoardEntry | None:
    """The entry that this client left, if it is still kept."""
    if not client_id:
        return None
    for entry in project.entries.values():
        same = entry.client_id == client_id and entry.presence.user_id == user_id
        if same and entry.left_at is not None:
            return entry
    return None


def _colour(project: _Project, user_id: str) -> str:
    """A person's colour: theirs by their id, unless somebody else in the project has it now."""
    taken: dict[str, set[str]] = {colour: set() for colour in PALETTE}
    for entry in project.entries.values():
        if entry.presence.user_id == user_id:
            return entry.presence.colour
        taken[entry.presence.colour].add(entry.presence.user_id)
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
            clean[name] = None if given[name] is None else str(given[name])[:MAX_ID_LENGTH]
    return clean


def _ids(given: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(one)[:MAX_ID_LENGTH] for one in given[:MAX_IDS]))


def _point(given: Any) -> tuple[float, float] | None:
    """A point on the canvas, to a tenth; None for what is nowhere."""
    if given is None or not all(math.isfinite(value) for value in given):
        return None
    x, y = (round(min(MAX_COORDINATE, max(-MAX_COORDINATE, value)), 1) for value in given)
    return x, y
