"""The one writer of graphs: orders transactions, logs them, and tells who listens."""

from .clients import client_of
from .compaction import compact
from .events import GraphChanged, GraphClosed
from .graph_sessions import GraphSessions
from .log import ONE_SHOT
from .presence import PresenceBoard, Visitor
from .rollback import RolledBack, roll_back
from .room import Accepted, Delta, Room
from .service import (
    check_graph,
    close_rooms,
    main_graph,
    main_graph_of,
    open_rooms,
    read,
    room_of,
    submit,
    submit_client,
    submit_with,
)
from .undo import Undone, redo, undo

__all__ = [
    "ONE_SHOT",
    "Accepted",
    "Delta",
    "GraphChanged",
    "GraphClosed",
    "GraphSessions",
    "PresenceBoard",
    "RolledBack",
    "Room",
    "Undone",
    "Visitor",
    "check_graph",
    "client_of",
    "close_rooms",
    "compact",
    "main_graph",
    "main_graph_of",
    "open_rooms",
    "read",
    "redo",
    "roll_back",
    "room_of",
    "submit",
    "submit_client",
    "submit_with",
    "undo",
]
