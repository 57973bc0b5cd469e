"""The graph as runs and the cut see it: without what is muted, and around what is bypassed.

A muted node gives nothing, with all that lies in it. A bypassed node gives on what comes into it,
where an input has the type of the output, and else nothing. Both are left out of the order of the
film, and what stood before them is followed by what stood behind.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from .elements import Edge, Node
from .model import Graph
from .registry import Registry

Switch = Literal["on", "muted", "bypassed"]

SWITCH = "switch"
"""The param of every node that says which it is."""


def switch_of(node: Node) -> Switch:
    """Whether a node is on, muted or bypassed."""
    value = node.data.get(SWITCH)
    return value if value in ("muted", "bypassed") else "on"


def is_off(graph: Graph, node: Node) -> bool:
    """Whether a node is muted or bypassed, or lies in a container that is."""
    seen: set[str] = set()
    at: Node | None = node
    while at is not None and at.id not in seen:
        if switch_of(at) != "on":
            return True
        seen.add(at.id)
        at = graph.nodes.get(at.parent) if at.parent else None
    return False


def in_effect(graph: Graph, registry: Registry) -> Graph:
    """The graph without what is switched off; the same graph where everything is on."""
    switched = [node for node in graph.nodes.values() if switch_of(node) != "on"]
    if not switched:
        return graph
    off: dict[str, Node] = {}
    waiting = switched
    while waiting:
        node = waiting.pop()
        if node.id not in off:
            off[node.id] = node
            waiting.extend(graph.children(node.id))
    edges: dict[str, Edge] = {}
    for edge in graph.edges.values():
        if edge.target in off:
            continue
        led = _around(graph, registry, off, edge) if edge.source in off else edge
        if led is not None:
            edges[led.id] = led
    nodes = {key: node for key, node in graph.nodes.items() if key not in off}
    return Graph(
        id=graph.id,
        version=graph.version,
        nodes=nodes,
        edges=edges,
        settings=graph.settings,
    )


def _around(graph: Graph, registry: Registry, off: dict[str, Node], edge: Edge) -> Edge | None:
    """The edge from what stands before the nodes that are off, or None where nothing does."""
    seen: set[str] = set()
    while edge.source in off:
        node = off[edge.source]
        known = registry.node_type(node.type)
        if known is None or node.id in seen:
            return None
        seen.add(node.id)
        given = next((o.type for o in known.outputs if o.id == edge.source_socket), None)
        if given is None or (switch_of(node) != "bypassed" and registry.carries(given)):
            return None
        fitting = {socket.id for socket in known.inputs if socket.type == given}
        before = [one for one in graph.incoming(node.id) if one.target_socket in fitting]
        if not before:
            return None
        edge = msgspec.structs.replace(
            edge, source=before[0].source, source_socket=before[0].source_socket
        )
    return edge
