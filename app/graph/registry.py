"""Which node types, socket types and conversions there are.

It is built from what the plugins registered; it starts nothing and knows no plugin.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from node_registry import BackendSpec, Converter, DirectorError, NodeType, SocketType, sockets

from .fields import Fields

MAX_CONVERSIONS = 3


class Registry:
    """All that a graph may consist of. An id that comes twice is an error of who registered it."""

    def __init__(
        self,
        node_types: Iterable[NodeType],
        socket_types: Iterable[SocketType],
        converters: Iterable[Converter] = (),
    ) -> None:
        self.node_types: Mapping[str, NodeType] = _by_id(node_types, "node type")
        self.socket_types: Mapping[str, SocketType] = _by_id(socket_types, "socket type")
        self.converters: tuple[Converter, ...] = tuple(converters)
        self._from: dict[str, list[Converter]] = {}
        for converter in self.converters:
            if (converter.convert is None) == (converter.node_type is None):
                raise DirectorError(
                    "registry.bad_converter",
                    f"The converter from {converter.source} to {converter.target} must have "
                    "either a function or a node type.",
                )
            self._from.setdefault(converter.source, []).append(converter)
        self._fields: dict[str, Fields] = {}
        self._paths: dict[tuple[str, str], tuple[Converter, ...] | None] = {}

    def replace_node_types(self, node_types: Iterable[NodeType]) -> None:
        """Use other node types from now on: files of a catalog came, changed or went."""
        self.node_types = _by_id(node_types, "node type")
        self._fields = {}

    def node_type(self, type_id: str) -> NodeType | None:
        """The node type with this id, or None when no plugin brings it."""
        return self.node_types.get(type_id)

    def fields(self, type_id: str) -> Fields | None:
        """The compiled params of a node type, or None for an unknown one."""
        found = self._fields.get(type_id)
        if found is None:
            node_type = self.node_types.get(type_id)
            if node_type is None:
                return None
            found = self._fields[type_id] = Fields(node_type)
        return found

    def carries(self, socket_type: str) -> bool:
        """Whether edges of this socket type carry something, rather than order alone."""
        known = self.socket_types.get(socket_type)
        return known is None or not known.order_only

    def is_media(self, socket_type: str) -> bool:
        """Whether what travels on this socket type is bytes in the storage."""
        known = self.socket_types.get(socket_type)
        return known is not None and known.media

    def fits(self, source: str, target: str) -> bool:
        """Whether an output of one type may be connected to an input of another as it is."""
        if source == target:
            return True
        if sockets.ANY in (source, target):
            other = target if source == sockets.ANY else source
            return self.carries(other)
        accepting = self.socket_types.get(target)
        return accepting is not None and source in accepting.accepts

    def convert_path(self, source: str, target: str) -> tuple[Converter, ...] | None:
        """The cheapest conversions from one socket type to another, in order.

        Empty when none is needed, None when there is no way.
        """
        key = (source, target)
        if key not in self._paths:
            self._paths[key] = self._find_path(source, target)
        return self._paths[key]

    def _find_path(self, source: str, target: str) -> tuple[Converter, ...] | None:
        if self.fits(source, target):
            return ()
        number = 0
        queue: list[tuple[float, int, int, str, tuple[Converter, ...]]] = [(0, 0, 0, source, ())]
        while queue:
            cost, length, _, reached, path = heapq.heappop(queue)
            if path and self.fits(reached, target):
                return path
            if length == MAX_CONVERSIONS:
                continue
            for converter in self._from.get(reached, ()):
                number += 1
                entry = (cost + converter.cost, length + 1, number, converter.target)
                heapq.heappush(queue, (*entry, (*path, converter)))
        return None


def availability(node_type: NodeType, backends: Iterable[BackendSpec]) -> str | None:
    """Why no run of this node type can be served here, in a sentence; None when one can."""
    if node_type.unavailable:
        return node_type.unavailable
    if node_type.kind != "task":
        return None
    if any(backend.can_serve(node_type.id) for backend in backends):
        return None
    return (
        f"Nothing here can make “{node_type.title}” yet: install or connect a backend "
        f"that serves {node_type.id}."
    )


def _by_id(described: Iterable[NodeType] | Iterable[SocketType], what: str) -> MappingProxyType:
    found: dict[str, NodeType | SocketType] = {}
    for one in described:
        if one.id in found:
            raise DirectorError("registry.duplicate", f"The {what} {one.id} is registered twice.")
        found[one.id] = one
    return MappingProxyType(found)
