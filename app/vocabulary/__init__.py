"""The built-in vocabulary of film: socket types, conversions and node types.

It registers through the same hooks as every plugin and knows nothing of the rest of the studio.
"""

from __future__ import annotations

from collections.abc import Iterable

from node_registry import Converter, NodeType, SocketType, hookimpl

from . import assets, control, generation, imports, notes, processing, structure
from .socket_types import CONVERTERS, SOCKET_TYPES


@hookimpl
def register_socket_types() -> Iterable[SocketType]:
    return SOCKET_TYPES


@hookimpl
def register_converters() -> Iterable[Converter]:
    return CONVERTERS


@hookimpl
def register_node_types() -> Iterable[NodeType]:
    modules = (generation, processing, assets, structure, control, imports, notes)
    return [node_type for module in modules for node_type in module.NODE_TYPES]
