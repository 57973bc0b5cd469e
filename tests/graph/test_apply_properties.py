"""Whatever is sent, a graph stays sound, a refusal changes nothing, and an inverse takes back."""

from __future__ import annotations

import random
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

import app.vocabulary as vocabulary
from app.graph import (
    AddEdge,
    AddNode,
    EditText,
    Graph,
    MoveNode,
    Operation,
    Registry,
    RemoveEdges,
    RemoveNodes,
    SetEdge,
    SetGraph,
    SetNode,
    Transaction,
    apply,
    read_canvas,
    replay,
    write_canvas,
)
from app.graph.adjacency import Adjacency
from app.graph.text import apply_delta, length, normalise, transform
from app.graph.validation import rings

REGISTRY = Registry(
    vocabulary.register_node_types(),
    vocabulary.register_socket_types(),
    vocabulary.register_converters(),
)
TYPES = ["film.scene", "film.shot", "film.shot", "film.character", "film.composite", "film.loop"]
SOCKETS = ["video", "next", "character", "index", "images"]
INPUTS = ["previous", "characters", "layers", "image", "count", "prompt", "control"]
ORDERS = ["a0", "a1", "a0V", "bad order"]


class Hand:
    """Makes operations, sound and unsound ones, from one source of chance."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.ids = [f"{n:08x}-0000-7000-8000-000000000000" for n in range(14)]
        self.edge_ids = [f"{n:08x}-0000-7000-9000-000000000000" for n in range(14)]

    def operation(self, graph: Graph) -> Operation:
        pick, some = self.chance.choice, self.chance.sample
        kind = pick(["add", "add", "edge", "edge", "edge", "set", "move", "text", "text", "remove",
                     "cut", "strength", "graph"])  # fmt: skip
        node = pick(self.ids)
        if kind == "add":
            return AddNode(
                id=node,
                type=pick(TYPES),
                parent=pick([None, None, *self.ids]),
                order=pick(ORDERS),
                data=pick([{}, {"code": "010"}, {"seed": 4.0}, {"name": "x"}]),
                text=pick([{}, {"prompt": "sea \U0001f30a"}]),
            )
        if kind == "edge":
            return AddEdge(
                id=pick(self.edge_ids),
                source=node,
                source_socket=pick(SOCKETS),
                target=pick(self.ids),
                target_socket=pick(INPUTS),
                order=pick(ORDERS[:3]),
                strength=pick([1, 0.5]),
                replace=pick([True, False]),
            )
        if kind == "set":
            values: dict[str, Any] = pick(
                [
                    {"pos": [1, 2.5]},
                    {"data.code": "020", "size": [3, 4]},
                    {"text.prompt": "a new prompt"},
                    {"locked": self.chance.random() < 0.3},
                    {"data.nothing": 1},
                ]
            )
            clear = ("data.code",) if "data.code" not in values and pick([True, False]) else ()
            return SetNode(id=node, values=values, clear=clear)
        if kind == "move":
            return MoveNode(id=node, parent=pick([None, *self.ids]), order=pick(ORDERS))
        if kind == "text":
            return EditText(
                id=node,
                field=pick(["prompt", "dialogue_content"]),
                base=max(0, graph.version - pick([0, 0, 1, 3])),
                delta=pick([("hi ",), (2, "\U0001f30a"), (-1,), (1, -2, "x")]),
            )
        if kind == "remove":
            return RemoveNodes(ids=tuple(some(self.ids, 2)))
        if kind == "cut":
            return RemoveEdges(ids=tuple(some(self.edge_ids, 2)))
        if kind == "strength":
            return SetEdge(id=pick(self.edge_ids), strength=pick([0, 0.25, 2]), label="key")
        return SetGraph(values={"viewport": {"zoom": pick([1, 2])}}, clear=("theme",))

    def transaction(self, graph: Graph, **how: Any) -> Transaction:
        ops = tuple(self.operation(graph) for _ in range(self.chance.choice([1, 1, 2, 4])))
        return Transaction(ops=ops, **how)


def content(graph: Graph) -> Any:
    """What people see of a graph: all but who wrote it when; an empty text is no text."""
    nodes = {
        node_id: msgspec.structs.replace(node, text={k: v for k, v in node.text.items() if v})
        for node_id, node in graph.nodes.items()
    }
    return msgspec.to_builtins((nodes, graph.edges, graph.settings))


def everything(graph: Graph) -> Any:
    return msgspec.to_builtins(graph)


def assert_sound(graph: Graph) -> None:
    assert not rings(graph)
    for node in graph.nodes.values():
        assert node.parent is None or graph.nodes[node.parent].type == "film.scene"
    filled: set[tuple[str, str]] = set()
    for edge in graph.edges.values():
        source = REGISTRY.node_types[graph.nodes[edge.source].type].output(edge.source_socket)
        target = REGISTRY.node_types[graph.nodes[edge.target].type].input(edge.target_socket)
        assert source is not None
        assert target is not None
        assert REGISTRY.convert_path(source.type, target.type) is not None
        if not target.many:
            assert (edge.target, edge.target_socket) not in filled
            filled.add((edge.target, edge.target_socket))
    built = Adjacency(graph.nodes, graph.edges)
    for table in ("children", "incoming", "outgoing"):
        assert getattr(graph.adjacency, table) == getattr(built, table)


@settings(max_examples=120, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_graph_stays_sound_and_refusals_change_nothing(chance: random.Random) -> None:
    graph, hand = Graph(), Hand(chance)
    assert graph.adjacency.children == {}
    for _ in range(30):
        before = everything(graph)
        transaction = hand.transaction(graph)
        done = apply(graph, transaction, REGISTRY, chance.choice(["ina", "tom"]))
        if done.rejection is not None:
            assert everything(graph) == before
        else:
            assert graph.version == done.graph_version == before["version"] + 1
        assert_sound(graph)


@settings(max_examples=120, deadline=None)
@given(st.randoms(use_true_random=False))
def test_an_inverse_takes_a_transaction_back(chance: random.Random) -> None:
    graph, hand = Graph(), Hand(chance)
    for _ in range(25):
        before = content(graph)
        done = apply(graph, hand.transaction(graph), REGISTRY, "ina")
        if done.rejection is not None:
            continue
        after = content(graph)
        back = Transaction(ops=tuple(done.inverse), undo_of=done.graph_version)
        undone = apply(graph, back, REGISTRY, "ina", system=True)
        assert undone.rejection is None
        assert content(graph) == before
        again = Transaction(ops=tuple(undone.inverse), undo_of=undone.graph_version)
        assert apply(graph, again, REGISTRY, "ina", system=True).rejection is None
        assert content(graph) == after


@settings(max_examples=80, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_log_of_effects_gives_the_same_graph(chance: random.Random) -> None:
    graph, hand = Graph(), Hand(chance)
    copy, bare = Graph(), Registry([], [])
    for number in range(25):
        client = chance.choice(["c1", "c2"])
        sent = hand.transaction(graph, client_id=client, base_version=graph.version, seq=number + 1)
        done = apply(graph, sent, REGISTRY, client)
        if done.rejection is None:
            logged = msgspec.json.decode(
                msgspec.json.encode(done.effects), type=tuple[Operation, ...]
            )
            effects = Transaction(ops=logged, client_id=client, seq=number + 1)
            # The plugins that brought the types are gone, and the graph opens all the same.
            assert replay(copy, effects, bare, client).rejection is None
    assert content(copy) == content(graph)
    assert (copy.version, copy.seqs, copy.removed) == (graph.version, graph.seqs, graph.removed)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_canvas_file_gives_the_graph_back(chance: random.Random) -> None:
    graph, hand = Graph(), Hand(chance)
    for _ in range(20):
        apply(graph, hand.transaction(graph), REGISTRY, "ina")
    text = write_canvas(graph)
    found = read_canvas(text)
    assert found.nodes == graph.nodes
    assert found.edges == graph.edges
    assert write_canvas(found) == text


@settings(max_examples=100, deadline=None)
@given(st.randoms(use_true_random=False))
def test_typists_with_edits_in_flight_converge(chance: random.Random) -> None:
    """Clients that type on while the server has not answered end with the server's text."""
    node = "00000001-0000-7000-8000-000000000000"
    graph = Graph()
    start = AddNode(id=node, type="film.shot", text={"prompt": "sea \U0001f30a"})
    assert apply(graph, Transaction(ops=(start,)), REGISTRY, "ina").rejection is None
    typists = [Typist(f"c{n}", graph.nodes[node].text["prompt"], graph.version) for n in range(3)]
    for _ in range(40):
        typist = chance.choice(typists)
        move = chance.choice(["type", "type", "send", "hear"])
        if move == "type":
            typist.type(chance)
        elif move == "hear":
            typist.hear()
        elif typist.unsent:
            typist.send(graph, node, typists)
    for _ in range(60):
        for typist in typists:
            if typist.unsent:
                typist.send(graph, node, typists)
            typist.hear()
    assert [typist.text for typist in typists] == [graph.nodes[node].text["prompt"]] * 3


class Typist:
    """A client's half of the protocol: pending deltas, carried over what the server says."""

    def __init__(self, name: str, text: str, version: int) -> None:
        self.name = name
        self.text = text
        self.base = version
        self.pending: list[tuple[int | str, ...]] = []
        self.unsent = 0
        self.news: list[tuple[str, int, tuple[int | str, ...]]] = []

    def type(self, chance: random.Random) -> None:
        cut = chance.randrange(len(self.text) + 1)
        inserted = chance.choice(["x", "\U0001f30a", ""])
        gone = length(self.text[cut : cut + chance.choice([0, 1])])
        delta = normalise((length(self.text[:cut]), inserted, -gone))
        if delta:
            self.text = apply_delta(self.text, delta)
            self.pending.append(delta)
            self.unsent += 1

    def send(self, graph: Graph, node: str, everybody: list[Typist]) -> None:
        delta = self.pending[len(self.pending) - self.unsent]
        self.unsent -= 1
        edit = EditText(id=node, field="prompt", base=self.base, delta=delta)
        sent = Transaction(client_id=self.name, base_version=self.base, ops=(edit,))
        done = apply(graph, sent, REGISTRY, self.name)
        assert done.rejection is None, done.rejection
        (effect,) = done.effects
        assert isinstance(effect, EditText)
        for typist in everybody:
            typist.news.append((self.name, done.graph_version, effect.delta))

    def hear(self) -> None:
        if not self.news:
            return
        author, version, delta = self.news.pop(0)
        self.base = version
        if author == self.name:
            self.pending.pop(0)
            return
        for place, mine in enumerate(self.pending):
            self.pending[place] = transform(mine, delta, first=False)
            delta = transform(delta, mine, first=True)
        self.text = apply_delta(self.text, delta)
