"""What people do, at random: few nodes, so that they often mean the same one."""

from __future__ import annotations

import random
from typing import Any

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
)
from app.graph.text import length, normalise

REGISTRY = Registry(
    vocabulary.register_node_types(),
    vocabulary.register_socket_types(),
    vocabulary.register_converters(),
)
KINDS = {
    "add": 5,
    "edge": 5,
    "bad_edge": 1,
    "set": 6,
    "lock": 1,
    "move": 4,
    "type": 9,
    "whole_text": 2,
    "remove": 2,
    "cut": 1,
    "edge_set": 1,
    "settings": 2,
    "forbidden": 1,
}
# Most seeds do everything, some do one thing so often that its rare cases come up.
MOODS = {
    "mixed": KINDS,
    "typing": {**dict.fromkeys(KINDS, 0), "type": 40, "whole_text": 2, "add": 3, "set": 2},
    "structure": {**KINDS, "type": 1, "whole_text": 1, "edge": 12, "move": 10, "remove": 4},
}
TYPES = ["film.scene", "film.scene", "film.shot", "film.shot", "film.shot", "film.character",
         "film.image_generation", "film.pipeline", "film.assembly"]  # fmt: skip
FITTING = [
    ("film.shot", "next", "film.shot", "previous"),
    ("film.scene", "next", "film.shot", "previous"),
    ("film.scene", "next", "film.scene", "previous"),
    ("film.shot", "next", "film.scene", "previous"),
    ("film.character", "character", "film.shot", "characters"),
    ("film.image_generation", "image", "film.shot", "image"),
    ("film.shot", "video", "film.upscale", "video"),
]
TEXTS = {
    "film.shot": ("prompt", "dialogue_content"),
    "film.scene": ("summary",),
    "film.image_generation": ("prompt",),
}
WORDS = ["a", "sea ", "\U0001f30a", "é", "\U0001f468\u200d\U0001f467 ", "fog\n", "ø"]


class Hand:
    """One person's chance: makes transactions that fit what they see, and some that do not."""

    def __init__(self, chance: random.Random, nodes: int, mood: str) -> None:
        self.chance = chance
        self.kinds = list(MOODS[mood])
        self.weights = list(MOODS[mood].values())
        self.ids = [f"{n:08x}-0000-7000-8000-000000000000" for n in range(nodes)]
        self.edge_ids = [f"{n:08x}-0000-7000-9000-000000000000" for n in range(nodes)]

    def operations(self, view: Graph, *, typing: bool = True) -> tuple[Operation, ...]:
        """One to three operations. Without `typing` none that depends on a text as it is seen."""
        count = self.chance.choice((1, 1, 1, 2, 3))
        made = (self._operation(view, typing=typing) for _ in range(count))
        ops = tuple(op for op in made if op is not None)
        edits = [op for op in ops if isinstance(op, EditText)]
        if len(edits) > 1:
            # The second would have to be counted on the text after the first.
            ops = tuple(op for op in ops if op not in edits[1:])
        return ops

    def _operation(self, view: Graph, *, typing: bool) -> Operation | None:
        pick = self.chance.choice
        kind = self.chance.choices(self.kinds, self.weights)[0]
        there = list(view.nodes)
        node = pick(there) if there and self.chance.random() < 0.9 else pick(self.ids)
        match kind:
            case "add":
                return self._add(view)
            case "edge" | "bad_edge":
                return self._edge(view, node, bad=kind == "bad_edge")
            case "set":
                return self._set(view, node)
            case "lock":
                return SetNode(id=node, values={"locked": self.chance.random() < 0.4})
            case "move":
                scenes = [n.id for n in view.nodes.values() if n.type == "film.scene"]
                parent = pick([None, *scenes, *scenes, node])
                return MoveNode(id=node, parent=parent, order=pick(["a0", "a1", "a0V", "?"]))
            case "type" if typing:
                return self._type(view, node)
            case "whole_text":
                field = self._field(view, node)
                if field is None:
                    return None
                if self.chance.random() < 0.2:
                    return SetNode(id=node, clear=(f"text.{field}",))
                return SetNode(id=node, values={f"text.{field}": pick(WORDS) * pick([0, 1, 3])})
            case "remove":
                return RemoveNodes(ids=tuple(dict.fromkeys((node, pick(self.ids)))))
            case "cut":
                return RemoveEdges(ids=(pick(self.edge_ids),))
            case "edge_set":
                edge = pick(list(view.edges) or self.edge_ids)
                return SetEdge(id=edge, strength=pick([0, 0.5, 1, 7]), label=pick(["key", ""]))
            case "settings":
                key = pick(["theme", "viewport"])
                if self.chance.random() < 0.3:
                    return SetGraph(clear=(key,))
                return SetGraph(values={key: pick([1, 2.5, {"zoom": 4.0, "at": [1, 2]}])})
            case "forbidden":
                return SetNode(id=node, values={"data.active_take": "x"})
            case _:
                return None

    def _add(self, view: Graph) -> Operation:
        pick = self.chance.choice
        free = [i for i in self.ids if i not in view.nodes]
        scenes = [n.id for n in view.nodes.values() if n.type == "film.scene"]
        kind = pick(TYPES)
        fields = TEXTS.get(kind, ())
        return AddNode(
            id=pick(free or self.ids),
            type=kind,
            parent=pick([None, None, *scenes]),
            order=pick(["a0", "a1", "a2"]),
            pos=(pick([0, 10, 20.5]), 0),
            data=pick([{}, {"code": "010"}]) if kind in ("film.shot", "film.scene") else {},
            text={field: pick(WORDS) for field in fields if self.chance.random() < 0.5},
        )

    def _edge(self, view: Graph, node: str, *, bad: bool) -> Operation:
        pick = self.chance.choice
        source, out, target, into = pick(FITTING)
        ends = [
            pick([n.id for n in view.nodes.values() if n.type == kind] or [node])
            for kind in (source, target)
        ]
        if bad:
            out = pick(["character", "nothing", "video"])
        free = [i for i in self.edge_ids if i not in view.edges]
        return AddEdge(
            id=pick(free or self.edge_ids),
            source=ends[0],
            source_socket=out,
            target=ends[1],
            target_socket=into,
            order=pick(["a0", "a1"]),
            strength=pick([1, 0.5]),
            replace=self.chance.random() < 0.6,
        )

    def _set(self, view: Graph, node: str) -> Operation:
        pick = self.chance.choice
        kind = view.nodes[node].type if node in view.nodes else ""
        values: dict[str, Any] = {"pos": [self.chance.randrange(100), pick([0, 0.5])]}
        if kind in ("film.shot", "film.scene") and self.chance.random() < 0.6:
            values["data.code"] = pick(["010", "020", "not a code"] if pick([0, 0, 1]) else ["030"])
        if kind == "film.pipeline":
            values["data.pipeline_id"] = pick(["one", "two"])
        if self.chance.random() < 0.2:
            values["size"] = pick([[100, 40], None])
        clear = ("data.code",) if "data.code" not in values and kind == "film.shot" else ()
        return SetNode(id=node, values=values, clear=clear if self.chance.random() < 0.3 else ())

    def _field(self, view: Graph, node: str) -> str | None:
        fields = TEXTS.get(view.nodes[node].type) if node in view.nodes else None
        return self.chance.choice(fields) if fields else None

    def _type(self, view: Graph, node: str) -> Operation | None:
        field = self._field(view, node)
        if field is None:
            typed = [n.id for n in view.nodes.values() if n.type in TEXTS]
            if not typed:
                return None
            node = self.chance.choice(typed)
            field = self._field(view, node)
            assert field is not None
        text = view.nodes[node].text.get(field, "")
        cut = self.chance.randint(0, len(text))
        gone = length(text[cut : cut + self.chance.choice((0, 0, 1, 2))])
        word = self.chance.choice(WORDS) if not gone or self.chance.random() < 0.5 else ""
        at = length(text[:cut])
        if self.chance.random() < 0.02:
            at += 1 if self.chance.random() < 0.5 else 1000
        delta = normalise((at, word, -gone))
        return EditText(id=node, field=field, base=view.version, delta=delta) if delta else None
