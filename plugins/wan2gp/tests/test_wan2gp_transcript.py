"""The session that was recorded with Wan2GP's own MCP server, spoken again word for word."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from director_wan2gp import Settings
from director_wan2gp.results import is_out_of_memory, result_of
from director_wan2gp.server import Busy, Refused, Server

from node_registry import BackendError, Media, OutOfMemory

RECORDED = Path(__file__).parent / "recorded/mcp_jobs.jsonl"
LINES = [json.loads(line) for line in RECORDED.read_text("utf-8").splitlines()]
CALLS = [line for line in LINES if line.get("json", {}).get("method") == "tools/call"]


class Transcript:
    """Answers each call as the recorded server did, in the recorded order."""

    def __init__(self) -> None:
        self._left = [line for line in LINES if line["dir"] != "http"]
        # The recorded client asked for one file twice, to see that a token serves once.
        self._http = [
            line for line in LINES if line["dir"] == "http" and line.get("note") != "second use"
        ]

    async def call(self, request: web.Request) -> web.Response:
        sent = await request.json()
        asked, answered = self._left.pop(0), self._left.pop(0)
        assert sent["params"]["name"] == asked["json"]["params"]["name"]
        return web.json_response(answered["json"])

    async def file(self, request: web.Request) -> web.Response:
        recorded = self._http.pop(0)
        assert (request.method, request.path) == (recorded["method"], recorded["path"])
        if request.method == "PUT":
            await request.read()
            return web.json_response(recorded["json"])
        return web.Response(body=b"\xff\xd8\xff" + bytes(640), content_type="image/jpeg")


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    transcript = Transcript()
    app = web.Application()
    app.router.add_post("/mcp/", transcript.call)
    app.router.add_route("*", "/wangp_api/{rest:.*}", transcript.file)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    client = Server("wan2gp/main", f"http://{host}:{port}/", Settings(url="http://127.0.0.1"))
    yield client
    await client.close()
    await runner.cleanup()


async def test_the_recorded_session_is_understood(server: Server, tmp_path: Path) -> None:
    assert await server.models_like("t2v") == ["t2v_2_2"]
    job = await server.submit(CALLS[1]["json"]["params"]["arguments"]["source"])
    assert job.job_id
    assert not job.done
    with pytest.raises(Busy):
        await server.submit({"model_type": "t2v_2_2", "prompt": "second"})
    percents = []
    while True:
        found = await server.job(job.job_id)
        assert found is not None
        percents += [e.data["progress"] for e in found.events if e.kind == "progress"]
        if found.done:
            break
    assert percents == [10, 10, 36, 52, 68]
    item = result_of(found, "image", server)
    with pytest.raises(BackendError, match=r"without a video: it made image"):
        result_of(found, "video", server)
    assert await server.download(item, tmp_path / "result") == 643

    start = tmp_path / "start.png"
    start.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(65))
    picture = Media(digest="0" * 64, size=73, media_type="image/png", name="start.png")
    assert await server.upload(start, picture) == "visual:1fb49da3cce7"

    running = await server.submit({"model_type": "t2v_2_2", "image_start": "visual:1fb49da3cce7"})
    stopping = await server.cancel(running.job_id)
    assert stopping is not None
    assert not stopping.done
    stopped = await server.job(running.job_id)
    assert stopped is not None
    with pytest.raises(BackendError, match="Somebody stopped this job"):
        result_of(stopped, "video", server)

    short = await server.submit({"model_type": "t2v_2_2", "prompt": "FAIL"})
    assert is_out_of_memory(short)
    with pytest.raises(OutOfMemory, match="unsufficient VRAM"):
        result_of(short, "video", server)
    with pytest.raises(Refused, match="Direct filesystem paths are disabled"):
        await server.submit({"model_type": "t2v_2_2", "image_start": "/etc/hostname"})
    assert await server.job("nope") is None
