"""The one writer of graphs: orders transactions, logs them, and tells who listens."""

from .asset_sync import AssetSync
from .asset_usage import assets_above
from .clients import client_id_of
from .compaction import compact
from .events import GraphChanged, GraphClosed
from .founding import found_graph
from .graph_sessions import GraphSessions
from .merging import CanvasMerged, merge_canvas, merge_conflicts
from .presence import PresenceBoard, SessionPresence
from .rollback import RolledBack, roll_back
from .room import Room, Submission
from .service import (
    Accepted,
    canvas_file,
    check_graph,
    check_message,
    close_rooms,
    commit_canvas,
    main_graph,
    main_graph_of,
    open_rooms,
    read,
    room_of,
    submit,
    submit_client,
    tried,
)
from .submission import refuse as refuse_client
from .tail import Delta
from .undo_redo import Undone, redo, take_back, undo

__all__ = [
    "Accepted",
    "AssetSync",
    "CanvasMerged",
    "Delta",
    "GraphChanged",
    "GraphClosed",
    "GraphSessions",
    "PresenceBoard",
    "RolledBack",
    "Room",
    "SessionPresence",
    "Submission",
    "Undone",
    "assets_above",
    "canvas_file",
    "check_graph",
    "check_message",
    "client_id_of",
    "close_rooms",
    "commit_canvas",
    "compact",
    "found_graph",
    "main_graph",
    "main_graph_of",
    "merge_canvas",
    "merge_conflicts",
    "open_rooms",
    "read",
    "redo",
    "refuse_client",
    "roll_back",
    "room_of",
    "submit",
    "submit_client",
    "take_back",
    "tried",
    "undo",
]
