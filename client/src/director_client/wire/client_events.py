# Made by client/scripts/wire_types.py from docs/protocol.schema.json. Change the studio's
# Structs, not this file.

"""What a client asks for: one Struct for each event of the wire."""

from __future__ import annotations

from typing import Any

import msgspec

from .graph import Operation
from .server_events import Drag


class Command(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a client asks of the studio; fields with their default are not sent."""


class Hello(Command, frozen=True, kw_only=True):
    """Join a graph: the project's main one, or `graph_id`.

    `client_id` is kept by a client for as long as it holds unanswered transactions; `next_seq` is
    the lowest number among these, all below it are settled. With `since` and `epoch`, the last
    version that the client has, the answer is what it missed; else the whole graph.
    """

    client_id: str = ""
    graph_id: str | None = None
    next_seq: int = 1
    since: int | None = None
    epoch: int | None = None


class Ops(Command, frozen=True, kw_only=True):
    """One transaction: all of its operations, or none. Transactions are counted from 1."""

    seq: int
    ops: tuple[Operation, ...]
    base_version: int | None = None
    label: str = ""
    client_id: str = ""


class Undo(Command, frozen=True, kw_only=True):
    """Take back this person's last step; numbered like a transaction."""

    seq: int


class Redo(Command, frozen=True, kw_only=True):
    """Do again what this person took back last; numbered like a transaction."""

    seq: int


class UpdateNodeData(Command, frozen=True, kw_only=True):
    """Write params of a node. Without `seq` it is never refused as stale."""

    node_id: str
    data: dict[str, Any]
    seq: int | None = None
    base_version: int | None = None


class StartGeneration(Command, frozen=True, kw_only=True):
    """Make a new take of a node. `request_id` makes a repeat the same run.

    Answered by `server:generation_started` or `server:error`.
    """

    node_id: str
    request_id: str | None = None


class SyncRequest(Command, frozen=True, kw_only=True):
    """Ask for the whole graph, or, with `since` and `epoch`, for what was missed."""

    since: int | None = None
    epoch: int | None = None


class Presence(Command, frozen=True, kw_only=True):
    """Where this person is. What is absent stays as it was; null clears it."""

    cursor: tuple[float, float] | msgspec.UnsetType | None = msgspec.UNSET
    selection: tuple[str, ...] | msgspec.UnsetType | None = msgspec.UNSET
    drag: Drag | msgspec.UnsetType | None = msgspec.UNSET
    subflow: str | msgspec.UnsetType | None = msgspec.UNSET
    editing: str | msgspec.UnsetType | None = msgspec.UNSET


class Ping(Command, frozen=True, kw_only=True):
    """Is anybody there? Answered by `server:pong` with the same `t`."""

    t: float = 0


CLIENT_EVENTS: dict[type[Command], str] = {
    Hello: "client:hello",
    Ops: "client:ops",
    Undo: "client:undo",
    Redo: "client:redo",
    UpdateNodeData: "client:update_node_data",
    StartGeneration: "client:start_generation",
    SyncRequest: "client:sync_request",
    Presence: "client:presence",
    Ping: "client:ping",
}
