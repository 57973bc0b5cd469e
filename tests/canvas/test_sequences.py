"""Long sequences of transactions that the graph's twin in the browser runs too.

What is written down is what this core made of chance. `python tests/canvas/test_sequences.py`
writes it anew after a change of the rules; with a number and a file it writes so many more, which
`SEQUENCES=file npx vitest run tests/graph/sequences.test.ts` then runs.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

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
)

FILE = Path(__file__).parents[1] / "graph" / "vectors" / "sequences" / "film.json"
REGISTRY = Registry(
    vocabulary.register_node_types(),
    vocabulary.register_socket_types(),
    vocabulary.register_converters(),
)
PARTS = ("version", "nodes", "edges", "settings", "written", "removed", "texts", "seqs")
USERS = {"c1": "ina", "c2": "tom", "c3": "ina"}
KINDS = ["add", "edge", "edge", "set", "set", "move", "text", "text", "text", "remove", "cut",
         "wire", "graph"]  # fmt: skip
VALUES: list[dict[str, Any]] = [
    {"pos": [1, 2.5], "size": [3, 4]},
    {"pos": [1e8, 0]},
    {"size": [0, 4]},
    {"data.code": "020"},
    {"data.code": "much too long for a code"},
    {"data.seed": 4.0, "data.motion_strength": 2},
    {"data.active_take": "t1"},
    {"text.prompt": "a new \U0001f30a prompt"},
    {"text.code": "x"},
    {"data.name": "x\0"},
    {"data.constructor": 1, "data.__proto__": 2},
    {"locked": True},
    {"locked": False},
]


def _id(number: int, variant: int = 8) -> str:
    return f"{number:08x}-0000-7000-{variant}000-000000000000"


def _start() -> tuple[Operation, ...]:
    shots = [
        AddNode(
            id=_id(n),
            type="film.shot",
            parent=_id(0),
            order=f"a{n}",
            text={"prompt": "sea \U0001f30a at night"},
        )
        for n in (1, 2, 3)
    ]
    others = [
        AddNode(id=_id(4), type="film.character", data={"name": "Ina"}),
        AddNode(id=_id(5), type="film.composite", parent=_id(0)),
        AddNode(id=_id(6), type="film.scene", parent=_id(0)),
        AddNode(id=_id(7), type="film.loop"),
    ]
    return (AddNode(id=_id(0), type="film.scene", data={"code": "01"}), *shots, *others)


def _operation(chance: random.Random, graph: Graph) -> Operation:
    pick = chance.choice
    node, other = (_id(chance.randrange(10)) for _ in range(2))
    edge = _id(chance.randrange(10), 9)
    match pick(KINDS):
        case "add":
            return AddNode(
                id=node,
                type=pick(["film.scene", "film.shot", "film.character", "no.such"]),
                parent=pick([None, other]),
                order=pick(["a0", "a0V", "no key"]),
                data=pick([{}, {"code": "010"}, {"seed": 4.0}]),
            )
        case "edge":
            return AddEdge(
                id=edge,
                source=node,
                source_socket=pick(["next", "next", "character", "video", "index"]),
                target=other,
                target_socket=pick(["previous", "previous", "characters", "layers", "count"]),
                strength=pick([1, 0.5]),
                replace=pick([True, False]),
            )
        case "set":
            return SetNode(id=node, values=pick(VALUES), clear=pick([(), (), ("data.seed",)]))
        case "move":
            return MoveNode(id=node, parent=pick([None, other]), order=pick(["a0", "a5", "b"]))
        case "text":
            return EditText(
                id=node,
                field=pick(["prompt", "prompt", "dialogue_content"]),
                base=max(0, graph.version - pick([0, 0, 1, 2, 5])),
                delta=pick([("hi ",), (2, "\U0001f30a"), (-1,), (1, -2, "x"), (5, -1), (9, "!")]),
            )
        case "remove":
            return RemoveNodes(ids=(node,) if chance.random() < 0.4 else (_id(99),))
        case "cut":
            return RemoveEdges(ids=(edge, _id(chance.randrange(10), 9)))
        case "wire":
            return SetEdge(id=edge, strength=pick([0, 0.25, 2]), label="key")
        case _:
            return SetGraph(values={"viewport": {"zoom": pick([1, 2])}}, clear=pick([(), ("a",)]))


def _sequence(seed: int, steps: int) -> dict[str, Any]:
    chance = random.Random(seed)
    graph = Graph(id="g")
    numbers = dict.fromkeys(USERS, 0)
    done: list[tuple[int, list[Operation]]] = []
    written: list[dict[str, Any]] = []
    for step in range(steps):
        client = chance.choice(list(USERS))
        base = max(0, graph.version - chance.choice([0, 0, 1, 2, 5]))
        system, undo_of = chance.random() < 0.1, None
        if step == 0 or chance.random() < 0.04:
            ops = tuple(op for op in _start() if getattr(op, "id", "") not in graph.nodes)
        elif done and chance.random() < 0.12:
            undo_of, inverse = chance.choice(done)
            ops, system, base = tuple(inverse), chance.random() < 0.8, graph.version
        else:
            ops = tuple(_operation(chance, graph) for _ in range(chance.choice([1, 1, 2])))
        sent = Transaction(
            client_id=client, seq=numbers[client] + 1, base_version=base, undo_of=undo_of, ops=ops
        )
        applied = apply(graph, sent, REGISTRY, USERS[client], system=system)
        refused = applied.rejection
        expected: dict[str, Any] = {"rejection": None}
        if refused is None:
            numbers[client] += 1
            done.append((applied.graph_version, applied.inverse))
            for part in ("effects", "inverse", "touched", "dropped", "conflicts"):
                expected[part] = _plain(getattr(applied, part))
        else:
            expected["rejection"] = {
                "reason": refused.reason,
                "operation": refused.operation,
                "id": refused.id,
            }
        written.append(
            {
                "user": USERS[client],
                "system": system,
                "transaction": _plain(sent),
                "expected": expected,
            }
        )
    after = _plain(graph)
    return {"name": f"seed {seed}", "steps": written, "after": {p: after[p] for p in PARTS}}


def _plain(value: Any) -> Any:
    return json.loads(msgspec.json.encode(value))


@pytest.mark.parametrize("one", json.loads(FILE.read_text("utf-8")) if FILE.exists() else [],
                         ids=lambda one: one["name"])  # fmt: skip
def test_sequence(one: dict[str, Any]) -> None:
    graph = Graph(id="g")
    for step in one["steps"]:
        sent = msgspec.convert(step["transaction"], Transaction)
        applied = apply(graph, sent, REGISTRY, step["user"], system=step["system"])
        expected = step["expected"]
        if expected["rejection"] is not None:
            assert applied.rejection is not None
            assert expected["rejection"].items() <= _plain(applied.rejection).items()
            continue
        assert {part: _plain(getattr(applied, part)) for part in expected} == expected
    after = msgspec.to_builtins(msgspec.convert(one["after"], Graph))
    stored = msgspec.to_builtins(graph)
    for part in PARTS:
        assert stored[part] == after[part]


if __name__ == "__main__":
    count, target = (int(sys.argv[1]), Path(sys.argv[2])) if len(sys.argv) > 2 else (5, FILE)
    target.parent.mkdir(exist_ok=True)
    lines = [json.dumps(_sequence(seed, 40), ensure_ascii=False) for seed in range(count)]
    target.write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")
