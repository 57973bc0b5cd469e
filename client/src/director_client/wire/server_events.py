# Made by client/scripts/wire_types.py from docs/protocol.schema.json. Change the studio's
# Structs, not this file.

"""What a studio tells: one Struct for each event of the wire."""

from __future__ import annotations

from typing import Any

import msgspec

from .graph import Edge, Node, Operation


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Anything that is told: by the studio, or by this library of its own connection."""


class Rejected(Event, frozen=True, kw_only=True):
    """A transaction was refused and left no trace; its number is used up all the same.

    `operation` counts from 0 and tells which one; `id` is the node or edge that it was about.
    """

    seq: int
    reason: str
    message: str
    hint: str = ""
    id: str = ""
    operation: int = 0


class Drag(msgspec.Struct, frozen=True, kw_only=True):
    """What is dragged, and how far: a movement that is not stored until it ends.

    `by`: canvas pixels.
    """

    ids: tuple[str, ...]
    by: tuple[float, float]


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has the project open, in one window. `away` has lost the connection."""

    session_id: str
    user_id: str
    name: str
    colour: str
    graph_id: str = ""
    cursor: tuple[float, float] | None = None
    selection: tuple[str, ...] = ()
    drag: Drag | None = None
    subflow: str | None = None
    editing: str | None = None
    away: bool = False


class Welcome(Event, frozen=True, kw_only=True):
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
    accepted: dict[int, int] = {}
    refused: tuple[Rejected, ...] = ()
    heartbeat: float = 20
    people: tuple[Person, ...] = ()


class SyncedGraph(msgspec.Struct, frozen=True, kw_only=True):
    """A graph as it is sent whole. Nodes and edges have the fields of `node.add`, `edge.add`."""

    id: str
    version: int
    epoch: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    settings: dict[str, Any]


class FullSync(Event, frozen=True, kw_only=True):
    """The whole graph."""

    graph: SyncedGraph


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A stored transaction; `ops` are the operations as they took place.

    `origin` is `system` for what the studio did by itself in this person's name (a new take): that
    is none of the steps that they can undo.

    `origin` is one of person, system.
    """

    version: int
    client_id: str
    seq: int
    user_id: str
    ops: tuple[Operation, ...]
    label: str = ""
    undo_of: int | None = None
    origin: str = "person"


class CatchUp(Event, frozen=True, kw_only=True):
    """What a client missed since a version: the transactions, or the difference if smaller.

    `ops` are then applied without asking what is allowed, and lead to `version` at once.
    """

    graph_id: str
    since: int
    version: int
    epoch: int
    transactions: tuple[Stored, ...] | None = None
    ops: tuple[Operation, ...] | None = None


class OpsStored(Event, frozen=True, kw_only=True):
    """Transactions that were stored, in order. One's own coming back is its acknowledgement."""

    graph_id: str
    epoch: int
    transactions: tuple[Stored, ...]


class Ack(Event, frozen=True, kw_only=True):
    """A transaction that had been stored before was sent again."""

    seq: int
    version: int


class Gap(Event, frozen=True, kw_only=True):
    """A transaction before this one is missing: send again from `expected`."""

    expected: int


class OverwrittenField(msgspec.Struct, frozen=True, kw_only=True):
    """A field that somebody else wrote meanwhile, and what it held."""

    id: str
    path: str
    user_id: str
    version: int
    value: Any


class Conflicts(Event, frozen=True, kw_only=True):
    """This client's transaction wrote over newer values of others; theirs can be restored."""

    seq: int
    version: int
    fields: tuple[OverwrittenField, ...]


class SkippedField(msgspec.Struct, frozen=True, kw_only=True):
    """What an undo left alone: who wrote it since, and why it stays."""

    id: str
    reason: str
    path: str = ""
    user_id: str = ""


class Undone(Event, frozen=True, kw_only=True):
    """An undo (or redo) was done. Without `version` all of it was skipped and nothing stored."""

    seq: int
    undo_of: int
    redo: bool
    label: str = ""
    version: int | None = None
    skipped: tuple[SkippedField, ...] = ()


class PresenceChanged(Event, frozen=True, kw_only=True):
    """People whose place changed, whole, and the sessions that are gone."""

    people: tuple[Person, ...] = ()
    gone: tuple[str, ...] = ()


class NodeStateUpdated(Event, frozen=True, kw_only=True):
    """What a node does now. `step` says what it waits for or does; `task_id` whose work it is.

    `state` is one of error, generating, idle, pending_request, success.
    """

    node_id: str
    state: str
    step: str = ""
    task_id: str | None = None


class GenerationStarted(Event, frozen=True, kw_only=True):
    """The answer to `client:start_generation`, to who asked alone: the task that makes the take.

    Of a container it is the task of its last shot. `request_id` is the one that was asked with.
    """

    node_id: str
    task_id: str
    run_id: str
    request_id: str | None = None


class TaskProgressed(Event, frozen=True, kw_only=True):
    """How far a task is, from 0 to 100; at most four times a second for each node.

    `progress`: percent, 0 to 100.
    """

    task_id: str
    node_id: str
    progress: float
    step: str


class TaskPreviewed(Event, frozen=True, kw_only=True):
    """A new picture of a task's work so far, at most two a second. `url` answers with a JPEG.

    It is gone when the task ends: the take is told by `server:task_success`.
    """

    task_id: str
    node_id: str
    url: str


class TaskSucceeded(Event, frozen=True, kw_only=True):
    """A task made a take. `result` holds its id, name and the address of its bytes."""

    task_id: str
    node_id: str
    result: dict[str, Any]


class TaskFailed(Event, frozen=True, kw_only=True):
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
    expected_wait: float | None = None


class QueueChanged(Event, frozen=True, kw_only=True):
    """The project's waiting tasks; it replaces what was told before."""

    entries: tuple[QueuedTask, ...]


class StaleNodeFound(msgspec.Struct, frozen=True, kw_only=True):
    """A node whose take no longer shows what it means, and why."""

    node_id: str
    label: str
    reasons: tuple[str, ...]


class StaleChanged(Event, frozen=True, kw_only=True):
    """All nodes that are stale at this version; it replaces what was told before."""

    version: int
    nodes: tuple[StaleNodeFound, ...]


class AssetChanged(Event, frozen=True, kw_only=True):
    """An asset, media (`kind` is `media`, `id` the digest) or a take (`take`) is new or was
    changed: open libraries and nodes show it. `change` is `created`, `changed`, `removed`,
    `restored` or `decided` (approved, rejected, or neither again).

    `change` is one of changed, created, decided, removed, restored.
    """

    id: str
    kind: str
    version: int
    by: str
    change: str


class MediaChanged(Event, frozen=True, kw_only=True):
    """A derivative of media is ready, or (`failed`) cannot be made: `reason`, for people.

    `kind` is `thumbnail`, `filmstrip`, `proxy` or `waveform`; it is asked for under the media's
    address, `…/media/{digest}/{kind}`.

    `kind` is one of filmstrip, proxy, thumbnail, waveform.
    `state` is one of failed, ready.
    """

    digest: str
    kind: str
    state: str
    reason: str = ""


class StorageChanged(Event, frozen=True, kw_only=True):
    """The studio's storage is away, or there again; `waiting` files are kept on the studio's own
    machine until they can be sent to it. Nothing that was made is lost.
    """

    reachable: bool
    waiting: int


class NodeTypesChanged(Event, frozen=True, kw_only=True):
    """Node types came, changed or went while the studio runs: ask `/api/v1/node-types` again.
    `node_types` are their ids.
    """

    node_types: tuple[str, ...]


class ProjectChanged(Event, frozen=True, kw_only=True):
    """Something of the project was changed: its `settings`, `details` (title), or `members`."""

    id: str
    kind: str
    version: int
    by: str


class RightsChanged(Event, frozen=True, kw_only=True):
    """What you may do in this project has changed: `role` and `rights` hold from now on."""

    role: str
    rights: tuple[str, ...]


class ActivityNoted(Event, frozen=True, kw_only=True):
    """A new line of the project's feed: `kind` is `area.action`, `detail` what it was done to."""

    id: str
    at: str
    user_id: str
    kind: str
    detail: dict[str, Any]


class Pong(Event, frozen=True, kw_only=True):
    """The answer to `client:ping`."""

    t: float


class Bye(Event, frozen=True, kw_only=True):
    """The server closes this connection; come back after `retry_in` seconds."""

    reason: str
    retry_in: float


class Failed(Event, frozen=True, kw_only=True):
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


SERVER_EVENTS: dict[str, type[Event]] = {
    "server:rejected": Rejected,
    "server:welcome": Welcome,
    "server:full_sync": FullSync,
    "server:catch_up": CatchUp,
    "server:ops": OpsStored,
    "server:ack": Ack,
    "server:gap": Gap,
    "server:conflict": Conflicts,
    "server:undone": Undone,
    "server:presence": PresenceChanged,
    "server:node_state_updated": NodeStateUpdated,
    "server:generation_started": GenerationStarted,
    "server:task_progress": TaskProgressed,
    "server:task_preview": TaskPreviewed,
    "server:task_success": TaskSucceeded,
    "server:task_failed": TaskFailed,
    "server:queue": QueueChanged,
    "server:stale": StaleChanged,
    "server:asset_changed": AssetChanged,
    "server:media_changed": MediaChanged,
    "server:storage_changed": StorageChanged,
    "server:node_types_changed": NodeTypesChanged,
    "server:project_changed": ProjectChanged,
    "server:rights": RightsChanged,
    "server:activity": ActivityNoted,
    "server:pong": Pong,
    "server:bye": Bye,
    "server:error": Failed,
}
