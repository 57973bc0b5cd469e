"""What the server says: one Struct for each `server:…` event, and their parts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from app.graph import Operation

from .events import Outbound, event
from .inbound import Drag, Point

Seconds = Annotated[float, msgspec.Meta(description="seconds")]
Percent = Annotated[float, msgspec.Meta(description="percent, 0 to 100")]


class Stored(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stored transaction; `ops` are the operations as they took place.

    `origin` is `system` for what the studio did by itself in this person's name (a new take): that
    is none of the steps that they can undo.
    """

    version: int
    client_id: str
    seq: int
    user_id: str
    ops: tuple[Operation, ...]
    label: str = ""
    undo_of: int | None = None
    origin: Literal["person", "system"] = "person"


@event("server:rejected")
class Rejected(Outbound, frozen=True, kw_only=True):
    """A transaction was refused and left no trace; its number is used up all the same.

    `operation` counts from 0 and tells which one; `id` is the node or edge that it was about.
    """

    seq: int
    reason: str
    message: str
    hint: str = ""
    id: str = ""
    operation: int = 0


class Person(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


@event("server:welcome")
class Welcome(Outbound, frozen=True, kw_only=True):
    """The answer to `client:hello`; what the client missed, or the whole graph, follows.

    `client_id` is the one that this client's transactions carry. Of its unanswered transactions
    `accepted` are stored (seq → version) and `refused` are not; up to `settled` all others have
    to be made again, beyond it they have to be sent again. `heartbeat` is in seconds.
    `people` are those who are there; a crowd is left out, and follows in `server:presence`.
    """

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
    accepted: dict[str, int] = {}
    refused: tuple[Rejected, ...] = ()
    heartbeat: Seconds = 20
    people: tuple[Person, ...] = ()


class SyncedGraph(msgspec.Struct, frozen=True, kw_only=True):
    """A graph as it is sent whole. Nodes and edges have the fields of `node.add`, `edge.add`."""

    id: str
    version: int
    epoch: int
    nodes: list[Any]
    edges: list[Any]
    settings: dict[str, Any]


@event("server:full_sync")
class FullSync(Outbound, frozen=True, kw_only=True):
    """The whole graph."""

    graph: SyncedGraph


@event("server:catch_up")
class CatchUp(Outbound, frozen=True, kw_only=True):
    """What a client missed since a version: the transactions, or the difference if smaller.

    `ops` are then applied without asking what is allowed, and lead to `version` at once.
    """

    graph_id: str
    since: int
    version: int
    epoch: int
    transactions: tuple[Stored, ...] | None = None
    ops: tuple[Operation, ...] | None = None


@event("server:ops")
class OpsStored(Outbound, frozen=True, kw_only=True):
    """Transactions that were stored, in order. One's own coming back is its acknowledgement."""

    graph_id: str
    epoch: int
    transactions: tuple[Stored, ...]


@event("server:ack")
class Ack(Outbound, frozen=True, kw_only=True):
    """A transaction that had been stored before was sent again."""

    seq: int
    version: int


@event("server:gap")
class Gap(Outbound, frozen=True, kw_only=True):
    """A transaction before this one is missing: send again from `expected`."""

    expected: int


class OverwrittenField(msgspec.Struct, frozen=True, kw_only=True):
    """A field that somebody else wrote meanwhile, and what it held."""

    id: str
    path: str
    user_id: str
    version: int
    value: Any


@event("server:conflict")
class Conflicts(Outbound, frozen=True, kw_only=True):
    """This client's transaction wrote over newer values of others; theirs can be restored."""

    seq: int
    version: int
    fields: tuple[OverwrittenField, ...]


class SkippedField(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an undo left alone: who wrote it since, and why it stays."""

    id: str
    reason: str
    path: str = ""
    user_id: str = ""


@event("server:undone")
class Undone(Outbound, frozen=True, kw_only=True):
    """An undo (or redo) was done. Without `version` all of it was skipped and nothing stored."""

    seq: int
    undo_of: int
    redo: bool
    label: str = ""
    version: int | None = None
    skipped: tuple[SkippedField, ...] = ()


@event("server:presence")
class PresenceChanged(Outbound, frozen=True, kw_only=True):
    """People whose place changed, whole, and the sessions that are gone."""

    people: tuple[Person, ...] = ()
    gone: tuple[str, ...] = ()


NodeState = Literal["idle", "pending_request", "generating", "success", "error"]


@event("server:node_state_updated")
class NodeStateUpdated(Outbound, frozen=True, kw_only=True):
    """What a node does now. `step` says what it waits for or does; `task_id` whose work it is."""

    node_id: str
    state: NodeState
    step: str = ""
    task_id: str | None = None


@event("server:generation_started")
class GenerationStarted(Outbound, frozen=True, kw_only=True):
    """The answer to `client:start_generation`, to who asked alone: the task that makes the take.

    Of a container it is the task of its last shot. `request_id` is the one that was asked with.
    """

    node_id: str
    task_id: str
    run_id: str
    request_id: str | None = None


@event("server:task_progress")
class TaskProgressed(Outbound, frozen=True, kw_only=True):
    """How far a task is, from 0 to 100; at most four times a second for each node."""

    task_id: str
    node_id: str
    progress: Percent
    step: str


@event("server:task_preview")
class TaskPreviewed(Outbound, frozen=True, kw_only=True):
    """A new picture of a task's work so far, at most two a second. `url` answers with a JPEG.

    It is gone when the task ends: the take is told by `server:task_success`.
    """

    task_id: str
    node_id: str
    url: str


@event("server:task_success")
class TaskSucceeded(Outbound, frozen=True, kw_only=True):
    """A task made a take. `result` holds its id, name and the address of its bytes."""

    task_id: str
    node_id: str
    result: dict[str, Any]


@event("server:task_failed")
class TaskFailed(Outbound, frozen=True, kw_only=True):
    """A task failed or was cancelled: a sentence for people, and the code for programs."""

    task_id: str
    node_id: str
    error: str
    code: str = ""
    hint: str = ""


class QueuedTask(msgspec.Struct, frozen=True, kw_only=True):
    """A waiting task: its place in the studio's queue, from 1, and why it waits.

    `cause` is a sentence, `cause_kind` its name for programs, `hint` what people can do about it.
    `expected_wait` is about how long until it begins, null where nothing is known.
    """

    task_id: str
    node_id: str
    position: int
    cause: str
    cause_kind: str = ""
    hint: str = ""
    expected_wait: Seconds | None = None


@event("server:queue")
class QueueChanged(Outbound, frozen=True, kw_only=True):
    """The project's waiting tasks; it replaces what was told before."""

    entries: tuple[QueuedTask, ...]


class StaleNodeFound(msgspec.Struct, frozen=True, kw_only=True):
    """A node whose take no longer shows what it means, and why."""

    node_id: str
    label: str
    reasons: tuple[str, ...]


@event("server:stale")
class StaleChanged(Outbound, frozen=True, kw_only=True):
    """All nodes that are stale at this version; it replaces what was told before."""

    version: int
    nodes: tuple[StaleNodeFound, ...]


@event("server:asset_changed")
class AssetChanged(Outbound, frozen=True, kw_only=True):
    """An asset, media (`kind` is `media`, `id` the digest) or a take (`take`) is new or was
    changed: open libraries and nodes show it. `change` is `created`, `changed`, `removed`,
    `restored` or `decided` (approved, rejected, or neither again)."""

    id: str
    kind: str
    version: int
    by: str
    change: Literal["created", "changed", "removed", "restored", "decided"]


@event("server:media_changed")
class MediaChanged(Outbound, frozen=True, kw_only=True):
    """A derivative of media is ready, or (`failed`) cannot be made: `reason`, for people.

    `kind` is `thumbnail`, `filmstrip`, `proxy` or `waveform`; it is asked for under the media's
    address, `…/media/{digest}/{kind}`.
    """

    digest: str
    kind: Literal["thumbnail", "filmstrip", "proxy", "waveform"]
    state: Literal["ready", "failed"]
    reason: str = ""


@event("server:storage_changed")
class StorageChanged(Outbound, frozen=True, kw_only=True):
    """The studio's storage is away, or there again; `waiting` files are kept on the studio's own
    machine until they can be sent to it. Nothing that was made is lost."""

    reachable: bool
    waiting: int


@event("server:node_types_changed")
class NodeTypesChanged(Outbound, frozen=True, kw_only=True):
    """Node types came, changed or went while the studio runs: ask `/api/v1/node-types` again.
    `node_types` are their ids."""

    node_types: list[str]


@event("server:project_changed")
class ProjectChanged(Outbound, frozen=True, kw_only=True):
    """Something of the project was changed: its `settings`, `details` (title), or `members`."""

    id: str
    kind: str
    version: int
    by: str


@event("server:rights")
class RightsChanged(Outbound, frozen=True, kw_only=True):
    """What you may do in this project has changed: `role` and `rights` hold from now on."""

    role: str
    rights: tuple[str, ...]


@event("server:activity")
class ActivityNoted(Outbound, frozen=True, kw_only=True):
    """A new line of the project's feed: `kind` is `area.action`, `detail` what it was done to."""

    id: str
    at: datetime
    user_id: str
    kind: str
    detail: dict[str, Any]


@event("server:pong")
class Pong(Outbound, frozen=True, kw_only=True):
    """The answer to `client:ping`."""

    t: float


@event("server:bye")
class Bye(Outbound, frozen=True, kw_only=True):
    """The server closes this connection; come back after `retry_in` seconds."""

    reason: str
    retry_in: Seconds


@event("server:error")
class Failed(Outbound, frozen=True, kw_only=True):
    """A frame could not be carried out. It never closes the connection.

    `event` is the frame's, as far as it could be read; `request_id` and `seq` are its own, if it
    had them.
    """

    code: str
    message: str
    hint: str = ""
    event: str = ""
    request_id: str | None = None
    seq: int | None = None
