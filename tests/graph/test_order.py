"""The order of the film follows its sequence connections, and copes with what they leave open."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from app.graph import (
    AddEdge,
    AddNode,
    Applied,
    Edge,
    Graph,
    Node,
    SetNode,
    cut_order,
    key_between,
    keys_between,
)

Act = Callable[..., Applied]
Uid = Callable[[int], str]


def sequence(uid: Uid, *chain: int) -> list[AddEdge]:
    return [
        AddEdge(
            id=uid(1000 + before * 50 + after),
            source=uid(before),
            source_socket="next",
            target=uid(after),
            target_socket="previous",
        )
        for before, after in itertools.pairwise(chain)
    ]


def codes(graph: Graph, assembly: str | None = None) -> list[str]:
    found = []
    for scene, node in cut_order(graph, assembly).elements:
        name = node.data.get("code") or node.data.get("kind", "?")
        found.append(f"{scene.data['code']}/{name}" if scene else str(name))
    return found


def shot(uid: Uid, number: int, parent: int | None, order: str, code: str) -> AddNode:
    return AddNode(
        id=uid(number),
        type="film.shot",
        parent=None if parent is None else uid(parent),
        order=order,
        data={"code": code},
    )


def test_scenes_and_shots_follow_their_connections(act: Act, uid: Uid, graph: Graph) -> None:
    act(
        AddNode(id=uid(2), type="film.scene", order="a0", data={"code": "02"}),
        AddNode(id=uid(1), type="film.scene", order="a1", data={"code": "01"}),
        shot(uid, 11, 1, "a5", "010"),
        shot(uid, 12, 1, "a4", "020"),
        AddNode(id=uid(13), type="film.transition", parent=uid(1), data={"kind": "wipe"}),
        shot(uid, 21, 2, "a0", "010"),
        *sequence(uid, 1, 2),
        *sequence(uid, 11, 13, 12),
    )
    assert codes(graph) == ["01/010", "01/wipe", "01/020", "02/010"]


def test_loose_nodes_go_by_their_order_and_leave_chains_whole(
    act: Act, uid: Uid, graph: Graph
) -> None:
    act(
        AddNode(id=uid(1), type="film.scene", data={"code": "01"}),
        shot(uid, 11, 1, "a0", "010"),
        shot(uid, 12, 1, "a3", "020"),
        shot(uid, 13, 1, "a1", "030"),
        shot(uid, 30, None, "a9", "900"),
        *sequence(uid, 11, 12),
    )
    assert codes(graph) == ["01/010", "01/020", "01/030", "900"]


def test_connections_between_shots_of_two_scenes_order_the_scenes(
    act: Act, uid: Uid, graph: Graph
) -> None:
    act(
        AddNode(id=uid(2), type="film.scene", order="a0", data={"code": "02"}),
        AddNode(id=uid(1), type="film.scene", order="a1", data={"code": "01"}),
        shot(uid, 11, 1, "a0", "010"),
        shot(uid, 21, 2, "a0", "010"),
        *sequence(uid, 11, 21),
    )
    assert codes(graph) == ["01/010", "02/010"]


def test_what_the_script_no_longer_has_is_left_out(act: Act, uid: Uid, graph: Graph) -> None:
    act(
        AddNode(id=uid(1), type="film.scene", data={"code": "01"}),
        AddNode(id=uid(2), type="film.scene", order="a1", data={"code": "02"}),
        shot(uid, 11, 1, "a0", "010"),
        shot(uid, 12, 1, "a1", "020"),
        shot(uid, 21, 2, "a1", "010"),
    )
    for gone in (12, 2):
        link = SetNode(id=uid(gone), values={"data.script": {"omitted": True}})
        assert act(link, system=True).rejection is None
    assert codes(graph) == ["01/010"]


def test_of_two_assemblies_each_gets_what_leads_to_it(act: Act, uid: Uid, graph: Graph) -> None:
    def into(number: int, scene: int, assembly: int) -> AddEdge:
        return AddEdge(
            id=uid(number),
            source=uid(scene),
            source_socket="next",
            target=uid(assembly),
            target_socket="sequence",
        )

    act(
        *[
            AddNode(id=uid(n), type="film.scene", order=f"a{n}", data={"code": f"0{n}"})
            for n in (1, 2, 3)
        ],
        *[shot(uid, 10 * n, n, "a0", "010") for n in (1, 2, 3)],
        AddNode(id=uid(5), type="film.assembly"),
        *sequence(uid, 1, 2),
        into(2001, 2, 5),
    )
    assert codes(graph, uid(5)) == ["01/010", "02/010", "03/010"]
    act(AddNode(id=uid(6), type="film.assembly"), into(2002, 3, 6))
    assert codes(graph, uid(5)) == ["01/010", "02/010"]
    assert codes(graph, uid(6)) == ["03/010"]


def test_a_ring_from_a_hostile_file_ends(uid: Uid) -> None:
    nodes = {uid(n): Node(id=uid(n), type="film.shot", data={"code": str(n)}) for n in (1, 2)}
    ends = ((1, 2), (2, 1))
    edges = {
        uid(9 + a): Edge(
            id=uid(9 + a), source=uid(a), source_socket="next", target=uid(b),
            target_socket="previous",
        )
        for a, b in ends
    }  # fmt: skip
    assert sorted(codes(Graph(nodes=nodes, edges=edges))) == ["1", "2"]


def test_order_keys_leave_room() -> None:
    first, second = keys_between(None, None, 2)
    middle = key_between(first, second)
    assert first < middle < second
    assert key_between(None, first) < first
    assert key_between(second, None) > second
