"""A service of pictures on this machine, and a run against it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp.web as web
import msgspec
import pytest_asyncio
from director_http import Settings, http_spec
from node_registry.testing import LocalContext

from node_registry import Request, RunEvent

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Service:
    """A service of pictures; `asked` holds what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any, dict[str, str]]] = []
        self.states = ["queued", "processing", "succeeded"]
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        text = await request.text()
        body = msgspec.json.decode(text) if text else None
        self.asked.append((request.method, request.path_qs, body, dict(request.headers)))
        match request.path:
            case path if path.startswith("/file"):
                return web.Response(body=PNG, content_type="application/octet-stream")
            case "/base64":
                return web.json_response({"data": [{"b64": base64.b64encode(PNG).decode()}]})
            case "/address":
                return web.json_response({"images": [{"url": f"{self.url}/file"}]})
            case "/jobs":
                return web.json_response({"id": 7, "urls": {"get": f"{self.url}/jobs/7"}})
            case "/jobs/7":
                state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
                found: dict[str, Any] = {"status": state, "error": "Bad /srv/models/x.bin file"}
                if state == "succeeded":
                    found["output"] = [f"{self.url}/file"]
                return web.json_response(found)
            case "/to":
                raise web.HTTPFound(request.query["place"])
            case "/text":
                return web.Response(text="no picture at all")
            case "/deep":
                return web.Response(text="[" * 50_000 + "]" * 50_000)
            case "/slow":
                await asyncio.sleep(60)
        said = f"no /etc/x here for {request.headers.get('Authorization')}"
        return web.Response(status=int(request.query.get("status", 404)), text=said)


@pytest_asyncio.fixture
async def service() -> AsyncIterator[Service]:
    found = Service()
    app = web.Application(client_max_size=1 << 30)
    app.router.add_route("*", "/{path:.*}", found.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.port = runner.addresses[0][1]
    yield found
    await runner.cleanup()


def settings_of(service: Service, **other: Any) -> Settings:
    secrets = '{"images": {"host": "127.0.0.1", "value": "Bearer s3cret"}}'
    given = {"private_addresses": True, "secrets": secrets, "poll": 0.01, **other}
    return Settings(hosts=f"127.0.0.1:{service.port}", **given)


async def run(
    settings: Settings, root: Path, request: Request, context: LocalContext | None = None
) -> tuple[list[RunEvent], LocalContext]:
    context = context or LocalContext.of(root, request)
    backend = http_spec(settings).factory()
    await backend.open()
    try:
        return [event async for event in backend.run(request, context)], context
    finally:
        await backend.close()
