"""Whatever is sent, a graph stays sound, a refusal changes nothing, and an inverse takes back."""

from __future__ import annotations

import random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from app.graph import (
    AddNode,
    EditText,
    Graph,
    Operation,
    Registry,
    Transaction,
    apply,
    read_canvas,
    replay,
    write_canvas,
)
from app.graph.adjacency import Adjacency
from app.graph.text import apply_delta, length, normalise, transform
from app.graph.validation import rings
from tests.film import FILM
from tests.graph.hand import Hand, content, everything


def assert_sound(graph: Graph) -> None:
    assert not rings(graph)
    for node in graph.nodes.values():
        assert node.parent is None or graph.nodes[node.parent].type == "film.scene"
    filled: set[tuple[str, str]] = set()
    for edge in graph.edges.values():
        source = FILM.node_types[graph.nodes[edge.source].type].output(edge.source_socket)
        target = FILM.node_types[graph.nodes[edge.target].type].input(edge.target_socket)
        assert source is not None
        assert target is not None
        assert FILM.convert_path(source.type, target.type) is not None
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
        done = apply(graph, transaction, FILM, chance.choice(["ina", "tom"]))
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
        done = apply(graph, hand.transaction(graph), FILM, "ina")
        if done.rejection is not None:
            continue
        after = content(graph)
        back = Transaction(ops=tuple(done.inverse), undo_of=done.graph_version)
        undone = apply(graph, back, FILM, "ina", system=True)
        assert undone.rejection is None
        assert content(graph) == before
        again = Transaction(ops=tuple(undone.inverse), undo_of=undone.graph_version)
        assert apply(graph, again, FILM, "ina", system=True).rejection is None
        assert content(graph) == after


@settings(max_examples=80, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_log_of_effects_gives_the_same_graph(chance: random.Random) -> None:
    graph, hand = Graph(), Hand(chance)
    copy, bare = Graph(), Registry([], [])
    for number in range(25):
        client = chance.choice(["c1", "c2"])
        sent = hand.transaction(graph, client_id=client, base_version=graph.version, seq=number + 1)
        done = apply(graph, sent, FILM, client)
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
        apply(graph, hand.transaction(graph), FILM, "ina")
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
    assert apply(graph, Transaction(ops=(start,)), FILM, "ina").rejection is None
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
        done = apply(graph, sent, FILM, self.name)
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
