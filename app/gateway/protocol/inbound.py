"""What a client says: one Struct for each `client:…` event."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from app.graph import Operation

from .events import Inbound, event

MAX_NAME = 100

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Seq = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
Version = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Point = Annotated[tuple[float, float], msgspec.Meta(description="canvas pixels")]
Ids = Annotated[tuple[Id, ...], msgspec.Meta(max_length=200)]


@event("client:hello")
class Hello(Inbound, frozen=True, kw_only=True):
    """Join a graph: the project's main one, or `graph_id`.

    `client_id` is kept by a client for as long as it holds unanswered transactions; `next_seq` is
    the lowest number among these, all below it are settled. With `since` and `epoch`, the last
    version that the client has, the answer is what it missed; else the whole graph.
    """

    client_id: Annotated[str, msgspec.Meta(max_length=MAX_NAME)] = ""
    graph_id: Id | None = None
    next_seq: Seq = 1
    since: Version | None = None
    epoch: Version | None = None


@event("client:ops")
class Ops(Inbound, frozen=True, kw_only=True):
    """One transaction: all of its operations, or none. Transactions are counted from 1."""

    seq: Seq
    ops: tuple[Operation, ...]
    base_version: Version | None = None
    label: Annotated[str, msgspec.Meta(max_length=200)] = ""
    client_id: Annotated[str, msgspec.Meta(max_length=MAX_NAME)] = ""


@event("client:undo")
class Undo(Inbound, frozen=True, kw_only=True):
    """Take back this person's last step; numbered like a transaction."""

    seq: Seq


@event("client:redo")
class Redo(Inbound, frozen=True, kw_only=True):
    """Do again what this person took back last; numbered like a transaction."""

    seq: Seq


@event("client:update_node_data")
class UpdateNodeData(Inbound, frozen=True, kw_only=True):
    """Write params of a node. Without `seq` it is never refused as stale."""

    node_id: Id
    data: dict[str, Any]
    seq: Seq | None = None
    base_version: Version | None = None


@event("client:start_generation")
class StartGeneration(Inbound, frozen=True, kw_only=True):
    """Make a new take of a node. `request_id` makes a repeat the same run.

    Answered by `server:generation_started` or `server:error`.
    """

    node_id: Id
    request_id: Annotated[str, msgspec.Meta(max_length=MAX_NAME)] | None = None


@event("client:sync_request")
class SyncRequest(Inbound, frozen=True, kw_only=True):
    """Ask for the whole graph, or, with `since` and `epoch`, for what was missed."""

    since: Version | None = None
    epoch: Version | None = None


class Drag(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is dragged, and how far: a movement that is not stored until it ends."""

    ids: Ids
    by: Point


@event("client:presence")
class Presence(Inbound, frozen=True, kw_only=True):
    """Where this person is. What is absent stays as it was; null clears it."""

    cursor: Point | msgspec.UnsetType | None = msgspec.UNSET
    selection: Ids | msgspec.UnsetType | None = msgspec.UNSET
    drag: Drag | msgspec.UnsetType | None = msgspec.UNSET
    subflow: Id | msgspec.UnsetType | None = msgspec.UNSET
    editing: Id | msgspec.UnsetType | None = msgspec.UNSET


@event("client:ping")
class Ping(Inbound, frozen=True, kw_only=True):
    """Is anybody there? Answered by `server:pong` with the same `t`."""

    t: Annotated[float, msgspec.Meta(description="any number, such as a time")] = 0
