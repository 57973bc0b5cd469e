"""The rules of `node.add`, `node.remove`, `node.set` and `node.move`."""

from __future__ import annotations

from typing import Any

import msgspec

from .changes import Change, Refused
from .cost import LETTERS_PER_UNIT, REMOVAL_COST
from .elements import Edge, Node
from .operations import AddNode, MoveNode, Operation, RemoveNodes, SetNode
from .records import extent, json_form, parents_first, point, register, whole_node
from .values import check_text

MAX_NODES = 50_000


def add_node(change: Change, op: AddNode) -> None:
    change.check_new_id(op.id)
    if len(change.graph.nodes) >= MAX_NODES:
        raise Refused("too_large", f"A graph holds at most {MAX_NODES:,} nodes.", op.id)
    node_type = change.registry.node_type(op.type)
    if node_type is None and not change.restoring:
        raise Refused(
            "invalid",
            f"There is no node type {op.type[:80]!r} here.",
            op.id,
            "Install the plugin that brings it, or choose another type.",
        )
    change.check_parent(op.parent, op.id)
    change.check_order(op.order, op.id)
    version = node_type.version if node_type else "1.0.0"
    node = Node(
        id=op.id,
        type=op.type,
        parent=op.parent,
        order=op.order,
        pos=point(op.pos),
        size=None if op.size is None else extent(op.size),
        data={k: change.checked(op.type, op.id, "data", k, v) for k, v in op.data.items()},
        text={k: change.checked(op.type, op.id, "text", k, v) for k, v in op.text.items()},
        locked=op.locked is True,
        type_version=version if op.type_version is None else op.type_version,
    )
    if len(check_text(node.type_version)) >= 64:
        raise Refused("invalid", "The version of a node's type is a short text.", op.id)
    change.journal.put_node(node)
    change.revive(node)
    change.journal.put(change.graph.last_writes, op.id, {"*": change.mark()})
    change.done(whole_node(node), RemoveNodes(ids=(op.id,)), op.id)


def remove_nodes(change: Change, op: RemoveNodes) -> None:
    graph, adjacency = change.graph, change.graph.adjacency
    found: dict[str, Node] = {}
    waiting = [i for i in reversed(op.ids) if change.is_there(graph.nodes, i)]
    while waiting:
        node = graph.nodes[waiting.pop()]
        if node.id in found:
            continue
        change.check_unlocked(node)
        letters = sum(map(len, node.text.values()))
        change.cost.add(REMOVAL_COST + letters // LETTERS_PER_UNIT)
        found[node.id] = node
        waiting.extend(child.id for child in reversed(graph.children(node.id)))
    if not found:
        return
    edges: dict[str, Edge] = {}
    for node_id in found:
        edges.update(adjacency.incoming.get(node_id, {}))
        edges.update(adjacency.outgoing.get(node_id, {}))
    # What is put back is put back in this order, so it is undone in the opposite one.
    change.drop_edges(list(edges.values()))
    ordered = parents_first(found)
    undo: list[Operation] = [whole_node(node) for node in ordered]
    for node in reversed(ordered):
        change.journal.drop_node(node)
        change.mark_removed(node.id)
        for name in node.text:
            change.journal.drop(graph.texts, f"{node.id}/{name}")
        change.touched[node.id] = None
    change.effects.append(RemoveNodes(ids=tuple(found)))
    change.inverse.extend(reversed(undo))


def set_node(change: Change, op: SetNode) -> None:
    node = change.graph.nodes.get(op.id)
    if node is None:
        change.dropped[op.id] = None
        return
    if node.locked and not change.system and set(op.values) | set(op.clear) != {"locked"}:
        change.check_unlocked(node)
    data, text = node.data, node.text
    plain: dict[str, Any] = {}
    before: dict[str, Any] = {}
    absent: list[str] = []
    values: dict[str, Any] = {}
    for path in (*op.values, *op.clear):
        place, _, name = path.partition(".")
        if name and place in ("data", "text"):
            fields = data if place == "data" else text
            if name in fields:
                before[path] = fields[name]
            else:
                absent.append(path)
            changed = dict(fields)
            if path in op.values:
                value = change.checked(node.type, op.id, place, name, op.values[path])
                changed[name] = values[path] = value
            else:
                change.checked_field(node.type, op.id, place, name)
                changed.pop(name, None)
            if place == "data":
                data = changed
            else:
                change.overwrite_text(op.id, name, text.get(name, ""), changed.get(name, ""))
                text = changed
        elif path in ("pos", "size", "locked") and path in op.values:
            before[path] = json_form(getattr(node, path))
            plain[path] = register(path, op.values[path])
            values[path] = json_form(plain[path])
        else:
            raise Refused("invalid", f"{change.name(op.id)} has no field {path[:80]!r}.", op.id)
        change.note_write(node, path, before.get(path))
    if not values and not op.clear:
        return
    change.journal.put_node(msgspec.structs.replace(node, data=data, text=text, **plain))
    change.done(
        SetNode(id=op.id, values=values, clear=op.clear),
        SetNode(id=op.id, values=before, clear=tuple(absent)),
        op.id,
    )


def move_node(change: Change, op: MoveNode) -> None:
    node = change.graph.nodes.get(op.id)
    if node is None:
        change.dropped[op.id] = None
        return
    change.check_unlocked(node)
    change.check_parent(op.parent, op.id)
    change.check_order(op.order, op.id)
    if op.parent is not None and op.parent != node.parent:
        change.check_no_cycle(op.id, op.parent)
    change.note_write(node, "parent", [node.parent, node.order])
    change.journal.put_node(msgspec.structs.replace(node, parent=op.parent, order=op.order))
    change.done(op, MoveNode(id=op.id, parent=node.parent, order=node.order), op.id)
