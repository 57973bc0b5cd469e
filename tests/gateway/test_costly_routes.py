"""Costly work is limited for each person: who asks too often is told when to come back."""

from __future__ import annotations

import io
import itertools
from typing import Any

import httpx
import pytest
from PIL import Image

from app.platform import costly
from app.platform.ids import new_key
from app.platform.rate_limiter import RateLimiter
from tests.studio import Studio


async def asked(client: httpx.AsyncClient, work: str, project: str, node: str) -> httpx.Response:
    """One request of this kind of work."""
    base = f"/api/v1/projects/{project}"
    named = {"X-Filename": "a.txt"}
    requests: dict[str, tuple[str, str, dict[str, Any]]] = {
        "upload": ("POST", f"{base}/media", {"content": b"no picture", "headers": named}),
        "breakdown": ("POST", "/api/v1/scripts/breakdown", {"content": b"INT. A - DAY\n"}),
        "generate": ("POST", f"{base}/generate", {"json": {"node_id": node}}),
        "duplicate": ("POST", f"{base}/duplicate", {"json": {}}),
        "export": ("GET", f"{base}/export", {}),
        "import": ("POST", "/api/v1/projects/import", {"content": b"no zip"}),
    }
    if work == "segment":
        return await client.get(f"{await picture(client, base)}/{new_segment()}")
    method, path, given = requests[work]
    return await client.request(method, path, **given)


async def picture(client: httpx.AsyncClient, base: str) -> str:
    """The address of a picture of the project, of which segments can be made."""
    pixel = io.BytesIO()
    Image.new("RGB", (4, 4)).save(pixel, "PNG")
    named = {"X-Filename": "a.png"}
    made = await client.post(f"{base}/media", content=pixel.getvalue(), headers=named)
    return f"{base}/media/{made.json().get('digest', '')}"


def new_segment() -> str:
    """One that nobody asked for yet: those that are wanted already are not counted."""
    at = next(_frames)
    return f"segments/0-96x64-12-{at}-{at + 1}.m4s?wait=0"


_frames = itertools.count()


@pytest.mark.parametrize("work", costly.LIMITS)
async def test_too_often_is_told_with_the_time_to_wait(studio: Studio, monkeypatch, work) -> None:
    monkeypatch.setitem(costly._limiters, work, RateLimiter(2, 600))
    project = await studio.project()
    node = await studio.shot(project)
    token = await studio.token("Tom")
    await studio.let_in(project, token)
    tom = await studio.client(token)
    for _ in range(2):
        assert (await asked(studio.owner, work, project, node)).status_code != 429
    refused = await asked(studio.owner, work, project, node)
    assert refused.status_code == 429, refused.text
    assert refused.json()["code"] == "request.too_many"
    assert 0 < int(refused.headers["Retry-After"]) <= 300
    # It is each one's own: somebody else is not held up.
    assert (await asked(tom, work, project, node)).status_code != 429


async def test_a_repeat_of_the_same_click_is_not_counted(studio: Studio, monkeypatch) -> None:
    monkeypatch.setitem(costly._limiters, "generate", RateLimiter(1, 600))
    project = await studio.project()
    node = await studio.shot(project)
    request = new_key()
    first = await studio.generate(project, node, request_id=request)
    assert await studio.generate(project, node, request_id=request) == first
