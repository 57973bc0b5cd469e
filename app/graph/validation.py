"""What is wrong with a graph, node by node, in sentences that say what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from node_registry import BackendSpec, NodeType

from .elements import Node
from .labels import label_of, place_of
from .model import Graph
from .order import SCENE, SHOT, TRANSITION, is_omitted
from .registry import Registry, availability


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that keeps a node from running (`error`), or that looks forgotten (`warning`)."""

    node_id: str
    code: str
    message: str
    hint: str = ""
    socket: str | None = None
    field: str | None = None
    severity: Literal["error", "warning"] = "error"


def problems(
    graph: Graph, registry: Registry, *, backends: Iterable[BackendSpec] | None = None
) -> list[Problem]:
    """All problems of a graph. Without `backends`, nobody is asked who could run the nodes."""
    serving = None if backends is None else list(backends)
    missing: dict[str, str | None] = {}
    found: list[Problem] = []
    for node in graph.nodes.values():
        found.extend(_placing(graph, node, registry))
        node_type = registry.node_type(node.type)
        if node_type is None:
            found.append(
                Problem(
                    node_id=node.id,
                    code="unknown_type",
                    message=f"Nothing here knows nodes of type {node.type}.",
                    hint="Install the plugin that brings it. The node keeps all it holds.",
                )
            )
            continue
        if serving is not None and _may_run(graph, node):
            if node.type not in missing:
                missing[node.type] = availability(node_type, serving)
            if why := missing[node.type]:
                found.append(Problem(node_id=node.id, code="unavailable", message=why))
        found.extend(_params(graph, node, registry))
        found.extend(_inputs(graph, node, node_type, registry))
    found.extend(_names(graph))
    found.extend(
        Problem(
            node_id=node_id,
            code="cycle",
            message=f"{label_of(graph.nodes[node_id])} needs its own result.",
            hint="Take one of the connections in the ring away.",
        )
        for node_id in sorted(rings(graph))
    )
    return found


def rings(graph: Graph) -> set[str]:
    """The nodes that stand in rings, or between two of them; none in a sound graph."""
    left = set(graph.nodes)
    for ahead in (True, False):
        needs = {
            node: sum(1 for n in _neighbours(graph, node, ahead=not ahead) if n in left)
            for node in left
        }
        free = [node for node, count in needs.items() if count == 0]
        while free:
            node = free.pop()
            left.discard(node)
            for after in _neighbours(graph, node, ahead=ahead):
                if after in left:
                    needs[after] -= 1
                    if needs[after] == 0:
                        free.append(after)
        if not left:
            break
    return left


def _neighbours(graph: Graph, node_id: str, *, ahead: bool) -> list[str]:
    if ahead:
        return graph.adjacency.after(node_id)
    return graph.adjacency.before(node_id)


def _may_run(graph: Graph, node: Node) -> bool:
    """A transition between shots is made by the assembly, so nobody need serve it."""
    return node.type != TRANSITION or bool(graph.incoming(node.id, "a"))


def _placing(graph: Graph, node: Node, registry: Registry) -> Iterator[Problem]:
    if node.parent is None:
        return
    parent = graph.nodes.get(node.parent)
    kind = registry.node_type(parent.type) if parent else None
    if parent is None or (kind is not None and kind.kind != "container"):
        yield Problem(
            node_id=node.id,
            code="bad_container",
            message=f"{label_of(node)} lies in something that holds no nodes.",
            hint="Move it to a scene, or out of it.",
        )


def _params(graph: Graph, node: Node, registry: Registry) -> Iterator[Problem]:
    fields = registry.fields(node.type)
    assert fields is not None
    place = place_of(graph, node)
    params = node.params
    for name, value in params.items():
        field = fields.get(name)
        if field is None:
            yield Problem(
                node_id=node.id,
                code="unknown_field",
                field=name,
                severity="warning",
                message=f"{place} holds {name}, which its type does not know.",
                hint="It is kept, and has no effect.",
            )
        elif not field.validator.is_valid(value):
            fault = next(field.validator.iter_errors(value), None)
            yield Problem(
                node_id=node.id,
                code="bad_field",
                field=name,
                message=f"{name} of {place}: {fault.message if fault else 'does not fit'}.",
                hint="Choose another value.",
            )
    for name in fields.required:
        if name not in params:
            yield Problem(
                node_id=node.id,
                code="field_missing",
                field=name,
                message=f"{place} needs a value for {name}.",
            )


def _inputs(graph: Graph, node: Node, node_type: NodeType, registry: Registry) -> Iterator[Problem]:
    edges = graph.incoming(node.id)
    place = place_of(graph, node)
    filled: dict[str, int] = {}
    for edge in edges:
        socket = node_type.input(edge.target_socket)
        source = graph.nodes.get(edge.source)
        giver = registry.node_type(source.type) if source else None
        output = giver.output(edge.source_socket) if giver else None
        name = label_of(source) if source else "a node that is gone"
        filled[edge.target_socket] = filled.get(edge.target_socket, 0) + 1
        if socket is None or source is None or (giver is not None and output is None):
            yield Problem(
                node_id=node.id,
                code="bad_connection",
                socket=edge.target_socket,
                message=f"A connection from {name} to {place} has lost one of its ends.",
                hint="Take it away.",
            )
        elif output is not None and registry.convert_path(output.type, socket.type) is None:
            yield Problem(
                node_id=node.id,
                code="incompatible",
                socket=edge.target_socket,
                message=f"{output.type} from {name} does not fit {socket.type} of {place}.",
                hint="Take this connection away.",
            )
    for socket in node_type.inputs:
        title = socket.title or socket.id
        if socket.required and socket.id not in filled:
            yield Problem(
                node_id=node.id,
                code="input_missing",
                socket=socket.id,
                message=f"{place} needs something at its input {title}.",
                hint=f"Connect a node that gives {socket.type}.",
            )
        if not socket.many and filled.get(socket.id, 0) > 1:
            yield Problem(
                node_id=node.id,
                code="occupied",
                socket=socket.id,
                message=f"The input {title} of {place} takes one connection, and has more.",
                hint="Take the others away.",
            )
    if node.type == TRANSITION and ("a" in filled) != ("b" in filled):
        yield Problem(
            node_id=node.id,
            code="input_missing",
            socket="b" if "a" in filled else "a",
            message=f"{place} has one video and needs two.",
            hint="Connect the other, or neither where it stands between two shots.",
        )


def _names(graph: Graph) -> Iterator[Problem]:
    """Takes are filed by the numbers of scene and shot, so these must not come twice."""
    seen: dict[tuple[str | None, str, str], Node] = {}
    for node in graph.nodes.values():
        if node.type not in (SHOT, SCENE) or is_omitted(node):
            continue
        code = str(node.data.get("code") or "")
        if not code:
            yield Problem(
                node_id=node.id,
                code="no_code",
                field="code",
                severity="warning",
                message=f"A {node.type.partition('.')[2]} has no number.",
                hint="Give it one, such as 010.",
            )
            continue
        first = seen.setdefault((node.parent, node.type, code.casefold()), node)
        if first is not node:
            yield Problem(
                node_id=node.id,
                code="same_code",
                field="code",
                message=f"There are two called {place_of(graph, node)}.",
                hint="Give one of them another number.",
            )
