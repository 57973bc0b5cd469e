"""How long a plan takes: from a graph in memory to sorted steps with their digests, from cold.

Layered graphs of task nodes, two to three edges into each. Beside it, a bare baseline that does
less: graphlib's order, json.dumps with sorted keys and SHA-256 for each node, without defaults,
takes, conversions or an explanation of what went in. The garbage collector is set as in the API,
which makes the plans.

    python benchmarks/plan.py [--rounds 15] [--sizes 1000 2000 10000] [--json]
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import statistics
import time
from collections.abc import Callable, Sized
from graphlib import TopologicalSorter
from hashlib import sha256

import app.vocabulary as vocabulary
from app.execution.plan import PlanStep, compile_plan
from app.graph import Edge, Graph, Node, Registry, keys_between
from app.platform.garbage_collection import tune_for_serving

WIDTH = 50


def layered(size: int, seed: int = 1) -> Graph:
    """Layers of 50: shots, then composites fed by two or three nodes of the layer below each."""
    chance = random.Random(seed)
    nodes: dict[str, Node] = {}
    edges: dict[str, Edge] = {}
    orders = keys_between(None, None, 3)
    names = [f"{number:08x}-0000-7000-8000-000000000000" for number in range(size)]
    for number, name in enumerate(names):
        kind = "film.shot" if number < WIDTH else "film.composite"
        text = {"prompt": f"The keeper climbs the stairs, step {number}."} if number < WIDTH else {}
        data = {"code": f"{number:03}"} if number < WIDTH else {"name": f"Layer {number}"}
        nodes[name] = Node(id=name, type=kind, data=data, text=text)
        if number < WIDTH:
            continue
        first = number // WIDTH * WIDTH - WIDTH
        for place, source in enumerate(chance.sample(range(first, first + WIDTH), 2 + number % 2)):
            edge = Edge(
                id=f"{len(edges):08x}-0000-7000-9000-000000000000",
                source=names[source],
                source_socket="video",
                target=name,
                target_socket="layers",
                order=orders[place],
            )
            edges[edge.id] = edge
    return Graph(nodes=nodes, edges=edges)


def bare(graph: Graph) -> dict[str, str]:
    """The least that could be called a plan: order and one digest for each node."""
    before: dict[str, list[str]] = {name: [] for name in graph.nodes}
    for edge in graph.edges.values():
        before[edge.target].append(edge.source)
    digests: dict[str, str] = {}
    for name in TopologicalSorter(before).static_order():
        node = graph.nodes[name]
        own = {
            "type": node.type,
            "params": {**node.data, **node.text},
            "inputs": [digests[source] for source in before[name]],
        }
        digests[name] = sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()
    return digests


def planned(graph: Graph, registry: Registry) -> list[PlanStep]:
    """All of it, with the graph's lookups built anew."""
    return compile_plan(graph.snapshot(), registry, list(graph.nodes)).steps


def milliseconds(work: Callable[[], Sized], expected: int) -> float:
    gc.collect()
    began = time.perf_counter()
    found = work()
    elapsed = (time.perf_counter() - began) * 1000
    assert len(found) == expected, f"{len(found)} steps instead of {expected}"
    return elapsed


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=15)
    arguments.add_argument("--sizes", type=int, nargs="+", default=[1000, 2000, 10000])
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args()
    tune_for_serving()
    registry = Registry(
        vocabulary.register_node_types(),
        vocabulary.register_socket_types(),
        vocabulary.register_converters(),
    )
    rows = []
    for size in options.sizes:
        graph = layered(size)
        ours, theirs = [], []
        for _ in range(options.rounds):
            ours.append(milliseconds(lambda g=graph: planned(g, registry), size))
            theirs.append(milliseconds(lambda g=graph: bare(g), size))
        rows.append(
            {
                "nodes": size,
                "edges": len(graph.edges),
                "median_ms": round(statistics.median(ours), 2),
                "worst_ms": round(max(ours), 2),
                "us_per_node": round(statistics.median(ours) * 1000 / size, 2),
                "bare_median_ms": round(statistics.median(theirs), 2),
            }
        )
    if options.json:
        print(json.dumps(rows))
        return
    print(" nodes   edges   plan and digests: median      worst    per node   bare baseline")
    for row in rows:
        print(
            f"{row['nodes']:>6}  {row['edges']:>6}   {row['median_ms']:>21.1f} ms"
            f"  {row['worst_ms']:>6.1f} ms  {row['us_per_node']:>6.2f} us"
            f"  {row['bare_median_ms']:>10.1f} ms"
        )


if __name__ == "__main__":
    main()
