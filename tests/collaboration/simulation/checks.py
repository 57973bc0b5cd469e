"""What must hold at every moment, whatever went wrong: the judge of a run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec

from app.graph import Graph, Operation, Transaction, replay
from app.graph.adjacency import Adjacency
from app.graph.validation import rings

from .hand import REGISTRY
from .store import Store, StoredGraph

_WHOLE = re.compile(rb"(\d)\.0(?=[,\]}])")
_INTENT = re.compile(r"c\d#\d+")
_content = msgspec.json.Encoder(order="deterministic")
_operations = msgspec.json.Decoder(tuple[Operation, ...])


def content(graph: Graph) -> bytes:
    """What people see of a graph, in one form: 4.0 and 4 are one number."""
    return _WHOLE.sub(rb"\1", _content.encode((graph.nodes, graph.edges, graph.settings)))


def memory(graph: Graph) -> bytes:
    """What a graph remembers of its past, as far as a log tells it."""
    edits = {key: (text.history_start, text.edits) for key, text in graph.texts.items()}
    return _content.encode((graph.version, graph.last_writes, graph.removed, graph.seqs, edits))


class Violation(Exception):
    """Something that must never happen."""


class Judge:
    """Knows what is stored, version by version, and holds all that is told against it."""

    def __init__(self) -> None:
        self.store: Store
        self.found: str | None = None
        self.truths: dict[UUID, Graph] = {}
        self.contents: dict[UUID, list[bytes]] = {}
        self.times: dict[UUID, list[float]] = {}
        self.clock: Callable[[], float]
        self.labels: Counter[str] = Counter()
        self.refused: dict[tuple[UUID, str, int], str] = {}
        self.counts: Counter[str] = Counter()

    def open(self, graph: StoredGraph) -> None:
        """Begin with an empty graph."""
        self.truths[graph.id] = Graph(id=str(graph.id))
        self.contents[graph.id] = [content(self.truths[graph.id])]
        self.times[graph.id] = [0.0]

    def fail(self, what: str) -> None:
        """Note the first thing that went wrong; the run ends with it."""
        self.found = self.found or what
        raise Violation(what)

    def demand(self, holds: object, what: str) -> None:
        """Fail unless it holds."""
        if not holds:
            self.fail(what)

    # ------------------------------------------------------------------ what is stored

    def committed(self, graph: StoredGraph, rows: list[dict[str, Any]]) -> None:
        """Rows were stored: replayed, they lead from one sound graph to the next."""
        truth, contents = self.truths[graph.id], self.contents[graph.id]
        for row in rows:
            version = row["version"]
            self.counts["stored"] += 1
            self.demand(version == len(contents), f"version {version} after {len(contents) - 1}")
            key = (graph.id, row["client_id"], row["seq"])
            why = self.refused.get(key)
            self.demand(why is None, f"{row['client_id']} {row['seq']} is stored, yet {why}")
            if _INTENT.fullmatch(row["label"]):
                self.labels[row["label"]] += 1
                self.demand(self.labels[row["label"]] == 1, f"{row['label']} was applied twice")
            done = replay(
                truth,
                Transaction(
                    client_id=row["client_id"],
                    seq=row["seq"],
                    undo_of=row["undo_of"],
                    ops=_operations.decode(row["ops"]),
                ),
                REGISTRY,
                str(row["user_id"]),
            )
            if row["client_id"].startswith("once-"):
                truth.seqs.pop(row["client_id"], None)
            self.demand(done.rejection is None, f"version {version} does not replay")
            self.sound(truth)
            contents.append(content(truth))
            self.times[graph.id].append(self.clock())

    def sound(self, graph: Graph) -> None:
        """Acyclic, ends exist, types fit, containers hold, inputs are not overfull."""
        where = f"at version {graph.version}"
        self.demand(not rings(graph), f"a cycle {where}")
        for node in graph.nodes.values():
            parent = graph.nodes.get(node.parent) if node.parent else None
            fits = node.parent is None or (parent and parent.type == "film.scene")
            self.demand(fits, f"{node.id} lies in nothing {where}")
        filled: set[tuple[str, str]] = set()
        for edge in graph.edges.values():
            ends = graph.nodes.get(edge.source), graph.nodes.get(edge.target)
            if ends[0] is None or ends[1] is None:
                return self.fail(f"edge {edge.id} hangs {where}")
            output = REGISTRY.node_types[ends[0].type].output(edge.source_socket)
            wanted = REGISTRY.node_types[ends[1].type].input(edge.target_socket)
            if output is None or wanted is None:
                return self.fail(f"edge {edge.id} has lost a socket {where}")
            path = REGISTRY.convert_path(output.type, wanted.type)
            self.demand(path is not None, f"edge {edge.id} does not fit {where}")
            if not wanted.many:
                place = (edge.target, edge.target_socket)
                self.demand(place not in filled, f"{place} is filled twice {where}")
                filled.add(place)
        return None

    def same_as_stored(self, graph: Graph, who: str) -> None:
        """A copy of the graph holds what the log says of its version."""
        contents = self.contents[UUID(graph.id)]
        self.demand(graph.version < len(contents), f"{who} is at {graph.version}: not stored")
        if content(graph) != contents[graph.version]:
            found, known = content(graph).decode(), contents[graph.version].decode()
            self.fail(f"{who} differs at version {graph.version}:\n  {found}\n  {known}")

    def snapshot_taken(self, stored: StoredGraph, graph: Graph) -> None:
        """A snapshot holds its version, and no later change."""
        self.counts["snapshots"] += 1
        self.same_as_stored(graph, "a snapshot")

    def consistent(self, stored: StoredGraph) -> None:
        """Snapshot and tail, and the whole log, both lead to the same graph."""
        loaded = self.store.read(stored, REGISTRY).graph
        whole = self.store.read(stored, REGISTRY, whole=True).graph
        self.same_as_stored(loaded, "snapshot and tail")
        self.same_as_stored(whole, "the log from its beginning")
        self.demand(loaded.version == stored.version, "the log ends too early")
        if stored.snapshot is not None and loaded.history_start == 0:
            self.demand(memory(loaded) == memory(whole), "a snapshot remembers other things")

    def alive(self, graph: Graph) -> None:
        """A graph in a process's memory, with nothing unstored in it, is what would be loaded."""
        self.same_as_stored(graph, "the room")
        if graph.history_start == 0:
            same = memory(graph) == memory(self.truths[UUID(graph.id)])
            self.demand(same, "a room remembers other things than its log")
        built = Adjacency(graph.nodes, graph.edges)
        for table in ("children", "incoming", "outgoing"):
            same = getattr(graph.adjacency, table) == getattr(built, table)
            self.demand(same, f"the table of {table} is wrong")

    # ------------------------------------------------------------------ what is told

    def received(self, graph_id: UUID, client_id: str, event: str, payload: Any) -> None:
        """A frame leaves a process: what it says must be stored by now."""
        self.counts[event] += 1
        stored = self.store.graphs[graph_id]
        match event:
            case "server:ops":
                for one in payload["transactions"]:
                    self._stored_row(stored, one)
            case "server:catch_up":
                self._stored_version(stored, payload["version"], event)
                for one in payload.get("transactions") or ():
                    self._stored_row(stored, one)
                self.counts["by difference"] += "ops" in payload
            case "server:full_sync":
                self._stored_version(stored, payload["graph"]["version"], event)
            case "server:welcome":
                self._welcomed(stored, payload)
            case "server:ack":
                version = stored.numbers.get((client_id, payload["seq"]))
                known = version is not None and version <= payload["version"] <= stored.version
                self.demand(known, f"{client_id} {payload['seq']} is acknowledged, not stored")
            case "server:rejected":
                absent = (client_id, payload["seq"]) not in stored.numbers
                self.demand(absent, f"{client_id} {payload['seq']} is refused, yet stored")
            case "server:conflict" | "server:undone":
                self._stored_version(stored, payload.get("version", 0), event)

    def _stored_version(self, stored: StoredGraph, version: int, event: str) -> None:
        self.demand(version <= stored.version, f"{event} tells {version}: not stored")

    def _stored_row(self, stored: StoredGraph, row_sent: Any) -> None:
        version = row_sent["version"]
        self._stored_version(stored, version, "server:ops")
        row = stored.rows[version - 1]
        same = (row_sent["client_id"], row_sent["seq"]) == (row["client_id"], row["seq"])
        same = same and row_sent["user_id"] == str(row["user_id"])
        if "read" not in row:
            row["read"] = msgspec.json.decode(row["ops"])
        same = same and row_sent["ops"] == row["read"]
        self.demand(same, f"version {version} is row_sent as {row_sent}, stored as {row}")

    def _welcomed(self, stored: StoredGraph, payload: Any) -> None:
        client = payload["client_id"]
        self._stored_version(stored, payload["version"], "server:welcome")
        for seq, version in payload.get("accepted", {}).items():
            known = stored.numbers.get((client, int(seq)))
            self.demand(known == version, f"{client} {seq} is called stored at {version}")

    def given_up(self, graph_id: UUID, client: str, seq: int, why: str) -> None:
        """A client has heard that a transaction was refused, or was lost and is made again."""
        stored = self.store.graphs[graph_id]
        self.demand((client, seq) not in stored.numbers, f"{client} {seq} is stored, yet {why}")
        self.refused[graph_id, client, seq] = why
