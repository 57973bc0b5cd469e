"""The node document as it is held in memory: nodes, edges, settings and who wrote what last.

Nodes and edges are immutable: a change puts a new record in the old one's place, so that a
`Graph.snapshot()` costs two dictionary copies and never changes under its reader. Only
`app.graph.apply` changes a graph.
"""

from __future__ import annotations

from typing import Any

import msgspec

from .adjacency import Adjacency
from .elements import Edge, Node

# What fields are called in stored snapshots.
STORED_NAMES = {"history_start": "floor", "last_writes": "written"}


class LastWrite(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The last write of a field: in which version, by whom."""

    version: int
    user: str


class TextEdit(msgspec.Struct, frozen=True, array_like=True):
    """A change of a text as it was applied, kept for edits that were made before it was seen."""

    version: int
    client: str
    delta: tuple[int | str, ...]


class TextHistory(msgspec.Struct, frozen=True, rename=STORED_NAMES):
    """The recent changes of one text.

    `history_start` is the version up to which changes were forgotten. `bridges` holds, for each
    client that typed lately, its last version and the others' changes as that client will meet
    them after its own unacknowledged ones: what carries an edit sent before the last was
    acknowledged. Up to version `rebuilt` the edits come from a log, and the bridges over them
    are incomplete.
    """

    history_start: int = 0
    edits: tuple[TextEdit, ...] = ()
    bridges: dict[str, tuple[int, tuple[TextEdit, ...]]] = {}
    rebuilt: int = 0


class Graph(msgspec.Struct, kw_only=True, dict=True, rename=STORED_NAMES):
    """A graph and what collaboration has to remember of it.

    `last_writes` names the last writer of each field, by entity id and path; the path `*` stands
    for the whole record. `removed` are tombstones: id → version of the removal. `seqs` is the last
    transaction number of each client, the one that wrote last at the end. `texts` is keyed
    `node id/field`. What happened before version `history_start` is forgotten.
    """

    id: str = ""
    version: int = 0
    nodes: dict[str, Node] = {}
    edges: dict[str, Edge] = {}
    settings: dict[str, Any] = {}
    last_writes: dict[str, dict[str, LastWrite]] = {}
    removed: dict[str, int] = {}
    texts: dict[str, TextHistory] = {}
    seqs: dict[str, int] = {}
    history_start: int = 0

    @property
    def adjacency(self) -> Adjacency:
        """Who is connected to whom and who lies in whom; built when first asked for."""
        attributes = vars(self)
        built = attributes.get("_adjacency")
        if built is None:
            built = attributes["_adjacency"] = Adjacency(self.nodes, self.edges)
        return built

    def snapshot(self) -> Graph:
        """This version of the graph, for readers in other threads; later changes leave it alone.

        Neither the records nor the histories are copied: they are immutable.
        """
        return Graph(
            id=self.id,
            version=self.version,
            nodes=self.nodes.copy(),
            edges=self.edges.copy(),
            settings=self.settings.copy(),
            last_writes=self.last_writes.copy(),
            removed=self.removed.copy(),
            texts=self.texts.copy(),
            seqs=self.seqs.copy(),
            history_start=self.history_start,
        )

    def replace_with(self, later: Graph) -> None:
        """Take over what a snapshot of this very state has become since; `later` is given up."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(later, name))
        vars(self)["_adjacency"] = later.adjacency

    def children(self, parent: str | None) -> list[Node]:
        """The nodes that lie directly in a container (None: at the root), in their order."""
        ids = self.adjacency.children.get(parent, ())
        return sorted((self.nodes[i] for i in ids), key=lambda n: (n.order, n.id))

    def incoming(self, node_id: str, socket: str | None = None) -> list[Edge]:
        """The edges that end at a node (at one input), in their order."""
        edges = self.adjacency.incoming.get(node_id, {}).values()
        found = [e for e in edges if socket is None or e.target_socket == socket]
        return sorted(found, key=lambda e: (e.target_socket, e.order, e.id))

    def outgoing(self, node_id: str, socket: str | None = None) -> list[Edge]:
        """The edges that begin at a node (at one output), in their order."""
        edges = self.adjacency.outgoing.get(node_id, {}).values()
        found = [e for e in edges if socket is None or e.source_socket == socket]
        return sorted(found, key=lambda e: (e.source_socket, e.order, e.id))
