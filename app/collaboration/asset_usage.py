"""Where assets are used on the canvas, and shots that stay with one version of an asset.

A node that shows an asset feeds shots through its wires. A shot is frozen to a version by wiring it
to a node that stays at that version: an ordinary, undoable transaction of whoever does it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from app import assets, projects
from app.accounts import Actor
from app.assets import Asset
from app.graph import (
    SHOT,
    AddEdge,
    AddNode,
    Edge,
    Graph,
    Node,
    Operation,
    RemoveEdges,
    RemoveNodes,
    Transaction,
    place_of,
)
from app.platform.ids import new_key
from app.projects import Right
from node_registry import AssetRef, DirectorError

from . import service
from .asset_nodes import NODE_TYPES, asset_nodes, data_and_text, reference_of

BESIDE = 160.0
"""Canvas pixels between a node and the frozen one beside it."""


class AssetUse(msgspec.Struct, kw_only=True):
    """A node that an asset goes into, most often a shot: at which version, and whether it stays
    with that one."""

    node_id: str
    label: str
    node_type: str
    version: int
    frozen: bool


class AssetUsage(msgspec.Struct, kw_only=True):
    """Where one asset is used. `shots` counts them; `nodes` are the nodes that show it."""

    asset_id: UUID
    shots: int
    uses: list[AssetUse]
    nodes: list[str]


def usage_in(graph: Graph) -> dict[UUID, AssetUsage]:
    """Where each asset is used in a graph, by its id."""
    found: dict[UUID, AssetUsage] = {}
    for node in sorted(asset_nodes(graph), key=lambda node: node.id):
        reference = reference_of(node)
        if reference is None:
            continue
        asset_id = UUID(reference.id)
        usage = found.setdefault(
            asset_id, AssetUsage(asset_id=asset_id, shots=0, uses=[], nodes=[])
        )
        usage.nodes.append(node.id)
        targets = {edge.target: None for edge in graph.outgoing(node.id)}
        usage.uses += [
            AssetUse(
                node_id=target,
                label=place_of(graph, graph.nodes[target]),
                node_type=graph.nodes[target].type,
                version=reference.version,
                frozen=reference.frozen,
            )
            for target in targets
        ]
    for usage in found.values():
        usage.shots = len({use.node_id for use in usage.uses if use.node_type == SHOT})
    return found


def assets_above(graph: Graph, node_ids: Collection[str]) -> set[tuple[UUID, int]]:
    """The assets that go into these nodes, directly or through others, each with its version."""
    found: set[tuple[UUID, int]] = set()
    seen: set[str] = set()
    waiting = list(node_ids)
    while waiting:
        node_id = waiting.pop()
        if node_id in seen or node_id not in graph.nodes:
            continue
        seen.add(node_id)
        reference = reference_of(graph.nodes[node_id])
        if reference is not None and reference.version:
            found.add((UUID(reference.id), reference.version))
        waiting += [edge.source for edge in graph.incoming(node_id)]
    return found


async def usage_of(actor: Actor, project_id: UUID, asset_id: UUID) -> AssetUsage:
    """Where an asset is used. Raises `asset.not_found`."""
    await assets.read(actor, project_id, asset_id)
    graph = await _graph(actor, project_id)
    unused = AssetUsage(asset_id=asset_id, shots=0, uses=[], nodes=[])
    return usage_in(graph).get(asset_id, unused)


async def list_usage(actor: Actor, project_id: UUID) -> list[AssetUsage]:
    """Where the assets of a project are used; those that are not are left out."""
    return list(usage_in(await _graph(actor, project_id)).values())


async def freeze(
    actor: Actor, project_id: UUID, asset_id: UUID, version: int, node_ids: Sequence[str]
) -> AssetUsage:
    """Let these shots stay with a version of an asset. Raises `asset.no_version`,
    `asset.not_used`."""
    asset = await assets.read(actor, project_id, asset_id)
    await assets.version_of(actor, project_id, asset_id, version)
    return await _rewire(actor, asset, node_ids, version)


async def unfreeze(
    actor: Actor, project_id: UUID, asset_id: UUID, node_ids: Sequence[str]
) -> AssetUsage:
    """Let these shots follow the newest version again. Raises `asset.not_used`."""
    asset = await assets.read(actor, project_id, asset_id)
    return await _rewire(actor, asset, node_ids, None)


async def _rewire(
    actor: Actor, asset: Asset, node_ids: Sequence[str], version: int | None
) -> AssetUsage:
    await projects.authorise(actor, asset.project_id, Right.EDIT)
    content = asset.content
    if version is not None:
        stored = await assets.version_of(actor, asset.project_id, asset.id, version)
        content = stored.content
    graph_id = await service.main_graph(actor, asset.project_id)
    graph = await service.read(actor, graph_id)
    reference = AssetRef(
        id=str(asset.id), version=version or asset.version, frozen=version is not None
    )
    operations = rewiring(graph, asset, reference, content, node_ids)
    if operations:
        verb = "follow the newest" if version is None else f"stay with version {version} of"
        label = f"{len(node_ids)} shots {verb} {asset.name}"[:200]
        await service.submit(
            actor,
            graph_id,
            Transaction(label=label, base_version=graph.version, ops=tuple(operations)),
        )
        graph = await service.read(actor, graph_id)
    return usage_in(graph)[asset.id]


def rewiring(
    graph: Graph,
    asset: Asset,
    reference: AssetRef,
    content: assets.Content,
    node_ids: Sequence[str],
) -> list[Operation]:
    """The operations that wire these nodes to one that shows an asset so; none where all are.

    A frozen node that nothing is wired to afterwards goes away.
    """
    showing = [node for node in asset_nodes(graph) if _shows(node, asset)]
    wires = [
        edge
        for node in showing
        for edge in graph.outgoing(node.id)
        if edge.target in node_ids and not _is(node, reference)
    ]
    known = {edge.target for node in showing for edge in graph.outgoing(node.id)}
    for node_id in node_ids:
        if node_id not in known:
            raise DirectorError(
                "asset.not_used",
                f"{asset.name[:80]} does not go into the node {node_id[:64]!r}.",
                hint="Connect them first.",
                status=409,
            )
    if not wires:
        return []
    operations: list[Operation] = []
    target = next((node.id for node in showing if _is(node, reference)), None)
    if target is None:
        target = new_key()
        operations.append(_node(graph.nodes[wires[0].source], target, reference, content))
    operations.append(RemoveEdges(ids=tuple(edge.id for edge in wires)))
    operations += [_wire(edge, target) for edge in wires]
    moved = {edge.id for edge in wires}
    idle = [
        node.id
        for node in showing
        if _frozen(node)
        and graph.outgoing(node.id)
        and all(edge.id in moved for edge in graph.outgoing(node.id))
    ]
    if idle:
        operations.append(RemoveNodes(ids=tuple(idle)))
    return operations


def _node(neighbour: Node, node_id: str, reference: AssetRef, content: assets.Content) -> AddNode:
    data, text = data_and_text(content)
    x, y = neighbour.pos
    return AddNode(
        id=node_id,
        type=neighbour.type,
        parent=neighbour.parent,
        order=neighbour.order,
        pos=(x, y + BESIDE),
        data={**data, "asset": msgspec.to_builtins(reference)},
        text=text,
    )


def _wire(edge: Edge, source: str) -> AddEdge:
    return AddEdge(
        id=new_key(),
        source=source,
        source_socket=edge.source_socket,
        target=edge.target,
        target_socket=edge.target_socket,
        order=edge.order,
        strength=edge.strength,
        label=edge.label,
    )


def _shows(node: Node, asset: Asset) -> bool:
    reference = reference_of(node)
    return (
        reference is not None
        and node.type == NODE_TYPES[asset.kind]
        and reference.id == str(asset.id)
    )


def _frozen(node: Node) -> bool:
    reference = reference_of(node)
    return reference is not None and reference.frozen


def _is(node: Node, wanted: AssetRef) -> bool:
    """Whether a node shows the asset in the wanted way: at that version, or the newest."""
    reference = reference_of(node)
    if reference is None or reference.frozen != wanted.frozen:
        return False
    return not wanted.frozen or reference.version == wanted.version


async def _graph(actor: Actor, project_id: UUID) -> Graph:
    return await service.read(actor, await service.main_graph(actor, project_id))
