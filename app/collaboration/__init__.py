"""The one writer of graphs: orders transactions, logs them, and tells who listens."""

from .events import GraphChanged
from .service import (
    Accepted,
    close_rooms,
    main_graph,
    open_rooms,
    read,
    submit,
)

__all__ = [
    "Accepted",
    "GraphChanged",
    "close_rooms",
    "main_graph",
    "open_rooms",
    "read",
    "submit",
]
