"""Graphs of a realistic film with so many nodes, written through the API."""

from __future__ import annotations

import random
import uuid
from typing import Any

import httpx

# What people put into one operation of thousands at once is refused; this is well below.
A_TIME = 900
SHOTS_OF_AN_ASSET = 12
# A shot of the studio with its gap. Rows and columns as a wide screen has them.
WIDE, HIGH = 420, 1160


def columns(count: int) -> int:
    """How many nodes stand side by side."""
    return max(1, round((16 / 9 * HIGH / WIDE * count) ** 0.5))


def operations(count: int, seed: int = 7) -> list[dict[str, Any]]:
    """`node.add` and `edge.add` for a film of `count` nodes on one level: one asset to twelve
    shots, each shot after the last one, with a character and a place."""
    chance = random.Random(seed)
    nodes: list[dict[str, Any]] = []
    edges: list[dict[str, Any]] = []
    assets: list[tuple[str, str]] = []
    last = ""
    wide = columns(count)
    for index in range(count):
        row, column = divmod(index, wide)
        pos = [column * WIDE, row * HIGH]
        node_id = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        if index % (SHOTS_OF_AN_ASSET + 1) == 0:
            kind = "character" if index % 2 else "environment"
            assets.append((node_id, kind))
            nodes.append(
                {
                    "op": "node.add",
                    "id": node_id,
                    "type": f"film.{kind}",
                    "pos": pos,
                    "data": {"name": f"{kind} {index}"},
                }
            )
            continue
        code = f"{index * 10:03d}"[-12:]
        nodes.append(
            {
                "op": "node.add",
                "id": node_id,
                "type": "film.shot",
                "pos": pos,
                "data": {"code": code, "duration_estimate": 2 + index % 5},
                "text": {"prompt": f"Shot {index}: the boat turns into the wind and is gone."},
            }
        )
        for kind, socket in (("character", "characters"), ("environment", "environment")):
            given = next((a for a, k in reversed(assets) if k == kind), None)
            if given:
                edges.append(_edge(chance, given, kind, node_id, socket))
        if last and chance.random() < 0.9:
            edges.append(_edge(chance, last, "next", node_id, "previous"))
        last = node_id
    return nodes + edges


def _edge(
    chance: random.Random, source: str, source_socket: str, target: str, target_socket: str
) -> dict[str, Any]:
    return {
        "op": "edge.add",
        "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        "source": source,
        "source_socket": source_socket,
        "target": target,
        "target_socket": target_socket,
    }


def write(client: httpx.Client, title: str, count: int) -> str:
    """A project with such a graph; gives its id."""
    made = client.post("/api/v1/projects", json={"title": title}).raise_for_status().json()
    wanted = operations(count)
    for start in range(0, len(wanted), A_TIME):
        part = wanted[start : start + A_TIME]
        answer = client.post(f"/api/v1/projects/{made['id']}/graph/operations", json={"ops": part})
        answer.raise_for_status()
    return made["id"]
