"""Answers are compressed for who can read that, and the large ones are not on the event loop."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest

from app.gateway import compression
from tests.studio import Studio


async def test_a_large_answer_is_compressed_in_a_thread(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = await studio.project()
    threads: list[str] = []

    def compress(body: bytes, level: int) -> bytes:
        threads.append(threading.current_thread().name)
        return kept(body, level)

    kept = compression.gzip.compress
    monkeypatch.setattr(compression.gzip, "compress", compress)
    graph = f"/api/v1/projects/{project}/graph"
    small = await studio.owner.get(graph, headers={"Accept-Encoding": "gzip"})
    assert small.status_code == 200
    assert not threads
    ops = [
        {"op": "node.add", "id": str(uuid4()), "type": "film.shot",
         "text": {"composition_notes": "A lamp. " * 100}}
        for _ in range(120)
    ]  # fmt: skip
    (await studio.owner.post(f"{graph}/operations", json={"ops": ops})).raise_for_status()
    large = await studio.owner.get(graph, headers={"Accept-Encoding": "gzip"})
    assert large.headers["content-encoding"] == "gzip"
    assert int(large.headers["content-length"]) < compression.LARGE < len(large.content)
    assert "Accept-Encoding" in large.headers["vary"]
    assert len(large.json()["nodes"]) == 120
    assert [name.startswith("blocking") for name in threads] == [True]
    plain = await studio.owner.get(graph, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == large.content
