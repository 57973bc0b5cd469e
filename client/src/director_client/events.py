"""What a studio tells its clients: one Struct for each event of the wire.

Fields that a newer studio adds are passed over, and events that are not known here come as
`Unknown`, so a script goes on working.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from .graph import SyncedGraph
from .operations import Operation

LARGEST = 64 * 1024 * 1024

Kind = TypeVar("Kind", bound="type[Event]")
Point = tuple[float, float]
EVENTS: dict[str, type[Event]] = {}


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Anything that is told: by the studio, or by this library of its own connection."""


def _event(name: str) -> Callable[[Kind], Kind]:
    def named(kind: Kind) -> Kind:
        EVENTS[name] = kind
        return kind

    return named


class Connected(Event, frozen=True, kw_only=True):
    """This client has joined. `again` is true when a connection had been lost."""

    again: bool


class Disconnected(Event, frozen=True, kw_only=True):
    """The connection was lost; the next try is in `retry_in` seconds."""

    reason: str
    retry_in: float


class Missed(Event, frozen=True, kw_only=True):
    """You read too slowly: so many events before the next were dropped. The graph lacks nothing."""

    count: int


class Unknown(Event, frozen=True, kw_only=True):
    """An event that this version of the library does not know."""

    event: str
    payload: Any


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A stored transaction; `ops` are the operations as they took place."""

    version: int
    client_id: str
    seq: int
    user_id: str
    ops: tuple[Operation, ...]
    label: str = ""
    undo_of: int | None = None


class Drag(msgspec.Struct, frozen=True, kw_only=True):
    """What is dragged, and how far, in canvas pixels."""

    ids: tuple[str, ...]
    by: Point


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has the project open, in one window. `away` has lost the connection."""

    session_id: str
    user_id: str
    name: str
    colour: str
    graph_id: str = ""
    cursor: Point | None = None
    selection: tuple[str, ...] = ()
    drag: Drag | None = None
    subflow: str | None = None
    editing: str | None = None
    away: bool = False


@_event("server:rejected")
class Rejected(Event, frozen=True, kw_only=True):
    """A transaction was refused and left no trace."""

    seq: int
    reason: str
    message: str
    hint: str = ""
    id: str = ""
    operation: int = 0


@_event("server:welcome")
class Welcome(Event, frozen=True, kw_only=True):
    """This client has joined; what became of its unanswered transactions. See the protocol."""

    session_id: str
    client_id: str
    user_id: str
    name: str
    colour: str
    graph_id: str
    version: int
    epoch: int
    rights: tuple[str, ...]
    settled: int
    accepted: dict[int, int] = {}
    refused: tuple[Rejected, ...] = ()
    heartbeat: float = 20
    people: tuple[Person, ...] = ()


@_event("server:full_sync")
class FullSync(Event, frozen=True, kw_only=True):
    """The whole graph."""

    graph: SyncedGraph


@_event("server:catch_up")
class CatchUp(Event, frozen=True, kw_only=True):
    """What was missed since a version: the transactions, or the difference as operations."""

    graph_id: str
    since: int
    version: int
    epoch: int
    transactions: tuple[Stored, ...] | None = None
    ops: tuple[Operation, ...] | None = None


@_event("server:ops")
class OpsStored(Event, frozen=True, kw_only=True):
    """Transactions that were stored, in order."""

    graph_id: str
    epoch: int
    transactions: tuple[Stored, ...]


@_event("server:ack")
class Ack(Event, frozen=True, kw_only=True):
    """A transaction had been stored before it was sent again."""

    seq: int
    version: int


@_event("server:gap")
class Gap(Event, frozen=True, kw_only=True):
    """A transaction is missing: send again from `expected`."""

    expected: int


class OverwrittenField(msgspec.Struct, frozen=True, kw_only=True):
    """A field that somebody else wrote meanwhile, and what it held."""

    id: str
    path: str
    user_id: str
    version: int
    value: Any


@_event("server:conflict")
class Conflicts(Event, frozen=True, kw_only=True):
    """This client's transaction wrote over newer values of others."""

    seq: int
    version: int
    fields: tuple[OverwrittenField, ...]


class SkippedField(msgspec.Struct, frozen=True, kw_only=True):
    """What an undo left alone, and why."""

    id: str
    reason: str
    path: str = ""
    user_id: str = ""


@_event("server:undone")
class Undone(Event, frozen=True, kw_only=True):
    """An undo or redo was done. Without `version` all of it was skipped."""

    seq: int
    undo_of: int
    redo: bool
    label: str = ""
    version: int | None = None
    skipped: tuple[SkippedField, ...] = ()


@_event("server:presence")
class PresenceChanged(Event, frozen=True, kw_only=True):
    """People whose place changed, and the sessions that are gone."""

    people: tuple[Person, ...] = ()
    gone: tuple[str, ...] = ()


@_event("server:node_state_updated")
class NodeStateUpdated(Event, frozen=True, kw_only=True):
    """What a node does: idle, pending_request, generating, success or error."""

    node_id: str
    state: str
    step: str = ""
    task_id: str | None = None


@_event("server:task_progress")
class TaskProgressed(Event, frozen=True, kw_only=True):
    """How far a task is, from 0 to 100."""

    task_id: str
    node_id: str
    progress: float
    step: str


@_event("server:task_success")
class TaskSucceeded(Event, frozen=True, kw_only=True):
    """A task made a take; `result` says which."""

    task_id: str
    node_id: str
    result: dict[str, Any]


@_event("server:task_failed")
class TaskFailed(Event, frozen=True, kw_only=True):
    """A task failed or was cancelled."""

    task_id: str
    node_id: str
    error: str
    code: str = ""
    hint: str = ""


class QueuedTask(msgspec.Struct, frozen=True, kw_only=True):
    """A waiting task: its place in the studio's queue, from 1, and why it waits."""

    task_id: str
    node_id: str
    position: int
    cause: str


@_event("server:queue")
class QueueChanged(Event, frozen=True, kw_only=True):
    """All waiting tasks of the project."""

    entries: tuple[QueuedTask, ...]


class StaleNodeFound(msgspec.Struct, frozen=True, kw_only=True):
    """A node whose take no longer shows what it means, and why."""

    node_id: str
    label: str
    reasons: tuple[str, ...]


@_event("server:stale")
class StaleChanged(Event, frozen=True, kw_only=True):
    """All stale nodes at this version."""

    version: int
    nodes: tuple[StaleNodeFound, ...]


@_event("server:asset_changed")
class AssetChanged(Event, frozen=True, kw_only=True):
    """An asset is new or was changed."""

    id: str
    kind: str
    version: int
    by: str


@_event("server:project_changed")
class ProjectChanged(Event, frozen=True, kw_only=True):
    """The project's title or settings were changed."""

    id: str
    kind: str
    version: int
    by: str


@_event("server:pong")
class Pong(Event, frozen=True, kw_only=True):
    """The answer to a ping."""

    t: float


@_event("server:bye")
class Bye(Event, frozen=True, kw_only=True):
    """The studio closes the connection; come back after `retry_in` seconds."""

    reason: str
    retry_in: float


@_event("server:error")
class Failed(Event, frozen=True, kw_only=True):
    """Something that this client sent could not be carried out."""

    code: str
    message: str
    hint: str = ""
    event: str = ""
    request_id: str | None = None


class _Envelope(msgspec.Struct, frozen=True):
    event: str
    payload: msgspec.Raw = msgspec.Raw(b"{}")


_envelope = msgspec.json.Decoder(_Envelope)
_decoders = {name: msgspec.json.Decoder(kind) for name, kind in EVENTS.items()}


def decode(frame: str | bytes) -> Event:
    """The event in a frame: JSON, or JSON compressed by zlib in a binary one."""
    text = _inflated(frame) if isinstance(frame, bytes) else frame
    envelope = _envelope.decode(text)
    decoder = _decoders.get(envelope.event)
    if decoder is not None:
        try:
            return decoder.decode(envelope.payload)
        except msgspec.ValidationError:
            # A newer studio says it in another way: what it said is handed on as it came.
            pass
    return Unknown(event=envelope.event, payload=msgspec.json.decode(envelope.payload))


def _inflated(frame: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(frame, LARGEST)
    except zlib.error as error:
        raise msgspec.DecodeError(str(error)) from error
    if inflater.unconsumed_tail:
        raise msgspec.DecodeError(f"A frame holds more than {LARGEST} bytes.")
    return text
