"""The canvas' own clients at the real studio: edits, broken connections and closed tabs."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.platform.database import DatabaseRole, unit_of_work
from tests.studio import Studio

CANVAS = Path(__file__).parents[2] / "canvas"


async def drive(place: str, project: str, tokens: list[str], **options: Any) -> dict[str, Any]:
    """Run the driver to its end; gives what it printed."""
    assert (CANVAS / "node_modules").is_dir(), "`make test-canvas` brings the canvas' packages."
    given = {"url": f"ws://{place}/ws/{project}", **options}
    arguments = [part for name, value in given.items() for part in (f"--{name}", str(value))]
    for token in tokens:
        arguments += ["--token", token]
    process = await asyncio.create_subprocess_exec(
        "node",
        "drive/drive.mjs",
        *arguments,
        cwd=CANVAS,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(90):
        output, complaint = await process.communicate()
    assert output, complaint.decode()
    return json.loads(output)


def digest(graph: dict[str, Any]) -> str:
    """The digest of a graph's content, as the driver makes it."""
    content = {
        "nodes": {node["id"]: node for node in graph["nodes"]},
        "edges": {edge["id"]: edge for edge in graph["edges"]},
        "settings": graph["settings"],
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


async def stored_numbers(graph_id: str) -> list[tuple[str, int, int]]:
    """Which transaction of which client is in the log, at which version."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            "SELECT client_id, client_seq, version FROM graph_ops WHERE graph_id = $1",
            UUID(graph_id),
        )
    return sorted((row["client_id"], row["client_seq"], row["version"]) for row in rows)


@pytest.mark.parametrize("seed", [1, 2])
async def test_clients_of_the_canvas_end_with_the_servers_graph(studio: Studio, seed: int) -> None:
    project = await studio.project()
    owner = studio.owner.headers["Authorization"].removeprefix("Bearer ")
    other = await studio.token("Jo")
    await studio.let_in(project, other)
    async with studio.served() as place:
        found = await drive(place, project, [owner, other], seed=seed, clients=4, steps=25)
    assert found["equal"], found
    graph = (await studio.owner.get(f"/api/v1/projects/{project}/graph")).json()
    assert set(found["digests"].values()) == {digest(graph)}
    # What was acknowledged is stored, once, and nothing else is.
    acknowledged = sorted((client, seq, version) for client, seq, version in found["acknowledged"])
    assert acknowledged == await stored_numbers(graph["id"])
    # How many transactions that were is up to the machine: what waits for the last one joins.
    made_by = {client.split("@")[0] for client, _, _ in acknowledged}
    assert made_by == {f"drive-{seed}-{number}" for number in range(4)}
