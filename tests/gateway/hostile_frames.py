"""Frames that nobody should send, made from a seed: the same ones each time."""

# ruff: noqa: E501 - one kind of rubbish to a line

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import uuid_utils

Frame = str | bytes
MILLION = 1_000_000
# As many units of UTF-16 as characters, and not.
TEXTS = ("", "Fog", "\u0000", "\u202e", "é" * 300, "\U0001f32b" * 40, "\x1b[2J", "../../etc/passwd",
         "'; DROP TABLE graphs; --", "${jndi:ldap://x}", "<script>", "%s%n", "x" * 70_000)  # fmt: skip
KEYS = ("__proto__", "constructor", "prototype", "toString", "op", "", "a.b", "data.", ".x", "\0",
        "pos.x", "data.__proto__", "text.code", "data.prompt", "locked.x", "x" * 200)  # fmt: skip
NUMBERS = (0, -1, 1, 2**31, 2**53, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), 10**40, 0.5, 1e308, -0.0)
# What json.dumps would not write.
LITERALS = ("NaN", "Infinity", "-Infinity", "1e400", "-1e999", "0x10", "01", "+1", "1.", "nul",
            "'a'", '"\\ud800"', '"\\udc00\\ud800"', '"\\u00"', '"\\x"', '"a', "[1,]", "{,}", "\ufeff1",
            "9" * 5000)  # fmt: skip


class World(msgspec.Struct):
    """What a hostile client knows: its project's nodes, others' ids, others' names."""

    nodes: list[str]
    edges: list[str]
    other_nodes: list[str]
    other_graphs: list[str]
    other_clients: list[str]
    text: str
    epoch: int
    shared: dict[str, Any] = {}


class Hostile:
    """An endless row of frames. `seq` is kept by whoever sends them: the next number in turn."""

    def __init__(self, seed: int, world: World) -> None:
        self._chance = random.Random(seed)
        self.world = world
        self.seq = 1
        self.kinds: tuple[tuple[int, Callable[[], Frame]], ...] = (
            (4, self.no_json),
            (6, self.wrong_types),
            (3, self.literal),
            (2, self.deep),
            (3, self.unknown),
            (2, self.duplicate_keys),
            (2, self.envelope),
            (5, self.numbers),
            (14, self.operations),
            (4, self.deltas),
            (3, self.pollution),
            (3, self.not_mine),
            (3, self.hello),
            (4, self.sync),
            (5, self.undo),
            (8, self.presence),
            (3, self.update),
            (3, self.generation),
            (2, self.replay),
            (2, self.binary),
            (1, self.cycle),
            (0.3, self.huge),
        )

    def __iter__(self) -> Iterator[tuple[str, Frame]]:
        weights = [weight for weight, _ in self.kinds]
        while True:
            ((_, make),) = self._chance.choices(self.kinds, weights)
            yield make.__name__, make()

    # ------------------------------------------------------------------ what they are made of

    def _any(self, depth: int = 0) -> Any:
        pick = self._chance.randrange(9 if depth < 4 else 6)
        if pick == 0:
            return None
        if pick == 1:
            return self._chance.random() < 0.5
        if pick == 2:
            return self._chance.choice(NUMBERS)
        if pick in (3, 4):
            return self._chance.choice(TEXTS)
        if pick == 5:
            return self._id()
        if pick == 6:
            return [self._any(depth + 1) for _ in range(self._chance.randrange(4))]
        return {
            self._chance.choice(KEYS): self._any(depth + 1)
            for _ in range(self._chance.randrange(4))
        }

    def _id(self) -> str:
        world = self.world
        own = str(uuid_utils.uuid7())
        pool = (*world.nodes, *world.edges, *world.other_nodes, *world.other_graphs, own, "1",
                own.upper(), "../x", "'; --", "\0", "", "x" * 500)  # fmt: skip
        return self._chance.choice(pool)

    def _event(self) -> str:
        return "client:" + self._chance.choice(
            ("hello", "ops", "undo", "redo", "update_node_data", "start_generation",
             "sync_request", "presence", "ping")
        )  # fmt: skip

    def _say(self, event: str, **payload: Any) -> str:
        return json.dumps({"event": event, "payload": payload})

    def _ops(self, *ops: Any, **more: Any) -> str:
        return self._say("client:ops", **{"seq": self.seq, "ops": ops, **more})

    # ------------------------------------------------------------------ the kinds

    def no_json(self) -> Frame:
        length = self._chance.randrange(200)
        return "".join(chr(self._chance.randrange(32, 0x2FF)) for _ in range(length))

    def wrong_types(self) -> Frame:
        fields = ("seq", "ops", "node_id", "data", "t", "cursor", "selection", "since", "epoch",
                  "client_id", "graph_id", "label", "drag", "base_version", "next_seq")  # fmt: skip
        chosen = self._chance.sample(fields, self._chance.randrange(1, 4))
        return self._say(self._event(), **{field: self._any() for field in chosen})

    def literal(self) -> Frame:
        text = self._chance.choice(LITERALS)
        return self._chance.choice((
            '{"event":"client:ping","payload":{"t":%s}}',
            '{"event":"client:ops","payload":{"seq":%s,"ops":[]}}',
            '{"event":%s}',
            "%s",
            '{"event":"client:presence","payload":{"cursor":[%s,1]}}',
            '{"event":"client:update_node_data","payload":{"node_id":"x","data":{"prompt":%s}}}',
        )) % text  # fmt: skip

    def deep(self) -> Frame:
        depth = self._chance.choice((50, 1000, 5000, 100_000))
        value = "[" * depth + "]" * depth
        if self._chance.random() < 0.5:
            value = '{"a":' * (depth // 5) + "1" + "}" * (depth // 5)
        return self._chance.choice((
            "%s",
            '{"event":"client:ping","payload":%s}',
            '{"event":"client:update_node_data","payload":{"node_id":"'
            + self._chance.choice(self.world.nodes) + '","data":{"prompt":%s}}}',
        )) % value  # fmt: skip

    def unknown(self) -> Frame:
        name = self._chance.choice(
            ("server:ops", "client:", "client:OPS", "", "client:ops ", "\0", "__proto__",
             "client:" + "x" * 5000, "client:\ud83d\ude00")
        )  # fmt: skip
        return json.dumps({"event": name, "payload": self._any()})

    def duplicate_keys(self) -> Frame:
        return '{"event":"client:ping","event":"client:nothing","payload":{"t":1},"payload":[]}'

    def envelope(self) -> Frame:
        return self._chance.choice(("", " ", "null", "[]", "0", '""', "{}", '{"payload":{}}',
                                    '{"event":null}', '{"event":"client:ops"}',
                                    '{"event":"client:ops","payload":null}', "{" * 300))  # fmt: skip

    def numbers(self) -> Frame:
        value = self._chance.choice(NUMBERS)
        event, field = self._chance.choice(
            (("ops", "seq"), ("undo", "seq"), ("redo", "seq"), ("sync_request", "since"),
             ("hello", "next_seq"), ("hello", "since"), ("ping", "t"))
        )  # fmt: skip
        more: dict[str, Any] = {"ops": []} if event == "ops" else {}
        if event == "hello":
            # Under a name of its own: who claims a number has to live with it.
            more = {"client_id": f"n{self._chance.randrange(50)}", "epoch": self.world.epoch}
        elif event == "sync_request":
            more = {"epoch": self._chance.choice((0, 1, self.world.epoch, 2**53))}
        return self._say(f"client:{event}", **{field: value}, **more)

    def operations(self) -> Frame:
        kind = self._chance.choice(
            ("node.add", "node.remove", "node.set", "node.move", "edge.add", "edge.set",
             "edge.remove", "text.edit", "graph.set", "node.drop", "")
        )  # fmt: skip
        fields: dict[str, Any] = {
            "node.add": {"id": self._id(), "type": self._chance.choice(("film.shot", "x", "", "\0")),
                         "parent": self._id(), "order": self._chance.choice(TEXTS), "data": self._any()},
            "node.remove": {"ids": [self._chance.choice(self.world.other_nodes), "x", "\0"]},
            "node.set": {"id": self._id(), "values": {self._chance.choice(KEYS): self._any()}},
            "node.move": {"id": self._id(), "parent": self._id(), "order": self._any()},
            "edge.add": {"id": self._id(), "source": self._id(), "source_socket": "video",
                         "target": self._id(), "target_socket": self._chance.choice(TEXTS)},
            "edge.set": {"id": self._id(), "strength": self._any(), "label": self._chance.choice(TEXTS)},
            "edge.remove": {"ids": [self._id()]},
            "text.edit": {"id": self._id(), "field": "prompt", "base": 1, "delta": [self._any()]},
            "graph.set": {"values": {self._chance.choice(KEYS): self._any()}},
        }.get(kind, {})  # fmt: skip
        more: dict[str, Any] = {}
        if self._chance.random() < 0.3:
            more["label"] = self._chance.choice(TEXTS)
        if self._chance.random() < 0.2:
            more["base_version"] = self._chance.choice(NUMBERS)
        return self._ops({"op": kind, **fields}, **more)

    def deltas(self) -> Frame:
        """Past the end, before the beginning, through the middle of a character."""
        size = len(self.world.text.encode("utf-16-le")) // 2
        delta = self._chance.choice((
            [size + 1, "x"], [-size - 1], [1, "x"], [1, -1], [2**70], ["\0"], [0, 0, 0], [1] * 5000,
            [True], [1.5], ["x" * 200_000], [size, "a", 5], [-1, "b"], [3, -2, "\u0000"],
        ))  # fmt: skip
        op = {"op": "text.edit", "id": self.world.shared["text"], "field": "prompt",
              "base": self._chance.choice((0, 1, 2, 2**40, -1)), "delta": delta}  # fmt: skip
        return self._ops(op)

    def pollution(self) -> Frame:
        key = self._chance.choice(KEYS)
        return self._chance.choice((
            self._ops({"op": "graph.set", "values": {key: {"__proto__": {"x": 1}}}}),
            self._ops({"op": "node.set", "id": self._id(), "values": {f"data.{key}": 1}}),
            self._say(self._event(), **{key: {"polluted": True}}),
            json.dumps({"event": "client:ping", "payload": {}, key: 1, "__proto__": {}}),
        ))  # fmt: skip

    def not_mine(self) -> Frame:
        world, chance = self.world, self._chance
        return chance.choice((
            self._say("client:hello", graph_id=chance.choice(world.other_graphs)),
            self._say("client:hello", client_id=chance.choice(world.other_clients)),
            self._ops({"op": "node.set", "id": chance.choice(world.other_nodes), "values": {"pos": [1, 1]}}),
            self._say("client:update_node_data", node_id=chance.choice(world.other_nodes), data={"prompt": "x"}),
            self._say("client:start_generation", node_id=chance.choice(world.other_nodes), request_id="r"),
            self._ops({"op": "node.remove", "ids": [str(uuid_utils.uuid7())]}, client_id=chance.choice(world.other_clients)),
        ))  # fmt: skip

    def hello(self) -> Frame:
        return self._say("client:hello", client_id=self._chance.choice(
            ("", "tab", "once-x", "a b", "\x00", "é", "x" * 100, "x" * 101, "@", "y@000000000000")
        ))  # fmt: skip

    def sync(self) -> Frame:
        if self._chance.random() < 0.3:
            return self._say("client:sync_request")
        since = self._chance.randrange(300)
        return self._say("client:sync_request", since=since, epoch=self.world.epoch)

    def undo(self) -> Frame:
        seq = self._chance.choice((self.seq, self.seq, self.seq + 1, 1))
        return self._say(self._chance.choice(("client:undo", "client:redo")), seq=seq)

    def presence(self) -> Frame:
        place = (self._chance.uniform(-1e9, 1e9), self._chance.uniform(-1e9, 1e9))
        more = self._chance.choice((
            {"cursor": place}, {"cursor": None}, {"selection": [self._id()[:64] or "x"] * 200},
            {"drag": {"ids": ["x" * 64] * 200, "by": place}}, {"subflow": "x" * 64}, {"editing": "\0"},
            {"cursor": [1e400, 0]}, {"selection": ["x"] * 201}, {"cursor": [1]}, {"drag": {}},
        ))  # fmt: skip
        return self._say("client:presence", **more)

    def update(self) -> Frame:
        if self._chance.random() < 0.1:
            node = self._chance.choice(self.world.nodes)
            data = {"prompt": self._chance.choice(TEXTS)}
            return self._say("client:update_node_data", node_id=node, data=data)
        data = {self._chance.choice(KEYS): self._any() for _ in range(2)}
        return self._say("client:update_node_data", node_id=self._id(), data=data)

    def generation(self) -> Frame:
        strange = self._chance.choice((*self.world.other_nodes, "x", "\0", "../x"))
        return self._say("client:start_generation", node_id=strange, request_id=self._id())

    def replay(self) -> Frame:
        return self._ops({"op": "node.add"}, seq=max(1, self.seq - self._chance.randrange(1, 90)))

    def binary(self) -> Frame:
        rubbish = self._chance.randbytes(self._chance.randrange(1, 400))
        whole = zlib.compress(b'{"event":"client:ping","payload":{}}')
        return self._chance.choice((rubbish, whole, whole[:-5], b"\x78\x9c" + rubbish, b"\xff\xfe"))

    def cycle(self) -> Frame:
        a, b = self.world.nodes[0], self.world.nodes[1]
        wires = [
            {"op": "edge.add", "id": str(uuid_utils.uuid7()), "source": x, "source_socket": "video",
             "target": y, "target_socket": "reference"} for x, y in ((a, b), (b, a), (a, a))
        ]  # fmt: skip
        return self._ops(*wires)

    def huge(self) -> Frame:
        text = "x" * MILLION
        return self._chance.choice((
            text,
            json.dumps({"event": text}),
            self._say("client:ping", t=0, **{text: 1}),
            self._ops({"op": "node.set", "id": self.world.nodes[0], "values": {"data.code": text}}),
            self._ops(*[{"op": "node.remove", "ids": []}] * 8000),
            self._say("client:hello", client_id=text),
            self._say("client:update_node_data", node_id="x", data={str(n): 0 for n in range(60_000)}),
        ))  # fmt: skip
