"""What the tests of planning share: the built-in vocabulary and a small way to write graphs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.graph import Edge, Graph, Node


class Sketch:
    """Writes graphs in few words: nodes by name, edges as `a.out > b.in`."""

    def __init__(self) -> None:
        self.graph = Graph(id="g")
        self.drawn = 0

    def node(self, name: str, type: str, parent: str | None = None, /, **params: Any) -> str:
        texts = ("prompt", "dialogue_content", "composition_notes", "description", "text")
        text = {key: params.pop(key) for key in texts if key in params}
        order = params.pop("order", "a0")
        self.graph.nodes[name] = Node(
            id=name, type=f"film.{type}", parent=parent, order=order, data=params, text=text
        )
        return name

    def edge(self, path: str, **how: Any) -> None:
        source, target = (end.strip().split(".") for end in path.split(">"))
        self.drawn += 1
        name = f"e{self.drawn:03}"
        how.setdefault("order", f"a{self.drawn:02}a")
        self.graph.edges[name] = Edge(
            id=name,
            source=source[0],
            source_socket=source[1],
            target=target[0],
            target_socket=target[1],
            **how,
        )

    def set(self, name: str, /, **params: Any) -> None:
        node = self.graph.nodes[name]
        kept = {"order": node.order, **node.data, **node.text}
        self.node(name, node.type.removeprefix("film."), node.parent, **{**kept, **params})


@pytest.fixture
def sketch() -> Sketch:
    return Sketch()


@pytest.fixture
def film(sketch: Sketch) -> Sketch:
    """Two scenes with three shots, a character in two of them, a dissolve, an assembly."""
    sketch.node("s1", "scene", code="01")
    sketch.node("s2", "scene", code="02", order="a1")
    sketch.node("a", "shot", "s1", code="010", prompt="The sea.")
    sketch.node("x", "transition", "s1", kind="dissolve", frames=12)
    sketch.node("b", "shot", "s1", code="020", prompt="The stairs.")
    sketch.node("c", "shot", "s2", code="010", prompt="The lamp.")
    sketch.node("ina", "character", name="Ina", role="keeper")
    sketch.node("end", "assembly", title="The lighthouse")
    for path in ("s1.next > s2.previous", "s2.next > end.sequence", "a.next > x.previous",
                 "x.next > b.previous", "ina.character > a.characters",
                 "ina.character > b.characters"):  # fmt: skip
        sketch.edge(path)
    return sketch


@pytest.fixture(scope="session")
def media() -> Callable[[str], dict[str, Any]]:
    """A reference to bytes whose digest is one letter many times."""
    return lambda letter, **more: {
        "digest": letter * 64, "size": 1, "media_type": "image/png", **more
    }  # fmt: skip
