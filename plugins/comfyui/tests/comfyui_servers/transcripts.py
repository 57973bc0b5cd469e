"""What a real ComfyUI 0.30.2 was recorded to say, and a server that says it again.

`recorded/0.30.2` has one file for each matter; its lines are requests, answers and frames in the
order of the wire, with the machine's folders replaced by names such as `<comfyui>`.
"""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from aiohttp import web

FOLDER = Path(__file__).parents[1] / "recorded" / "0.30.2"
NAMES = sorted(path.stem for path in FOLDER.glob("*.jsonl"))


class Transcript:
    """One file: its lines, the answers by the number of their request, the frames by connection."""

    def __init__(self, name: str) -> None:
        text = (FOLDER / f"{name}.jsonl").read_text("utf-8")
        self.lines: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines()]
        self.requests = {
            line["id"]: line
            for line in self.lines
            if line["kind"] == "http" and line["direction"] == "client->server"
        }
        self.answers = [
            line
            for line in self.lines
            if line["kind"] == "http" and line["direction"] == "server->client"
        ]
        self.frames: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for line in self.lines:
            if line["kind"] in ("ws-text", "ws-binary") and line["direction"] == "server->client":
                self.frames[line["conn"]].append(line)

    def prompt_of(self, prompt_id: str) -> dict[str, Any]:
        """The graph that was submitted under an id."""
        for answer in self.answers:
            body = answer.get("body")
            if isinstance(body, dict) and body.get("prompt_id") == prompt_id:
                submitted = self.requests[answer["id"]]["body"]
                return submitted.get("prompt", {}) if isinstance(submitted, dict) else {}
        return {}


def bytes_of(line: dict[str, Any]) -> bytes:
    """The body of a line as it was on the wire."""
    body, encoding = line.get("body"), line.get("body_encoding")
    if encoding == "base64":
        return base64.b64decode(body)
    if encoding == "json" or (encoding is None and body is not None):
        return json.dumps(body).encode()
    return (body or "").encode()


class TranscriptServer:
    """Says the frames of one connection to whoever connects, then closes or stays silent."""

    def __init__(self, frames: list[dict[str, Any]]) -> None:
        self._frames = frames
        self._runner: web.AppRunner | None = None
        self.url = ""
        self.said: list[Any] = []

    async def __aenter__(self) -> TranscriptServer:
        app = web.Application()
        app.router.add_get("/ws", self._say)
        self._runner = web.AppRunner(app, shutdown_timeout=0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        server: Any = site._server  # aiohttp tells the port of a site nowhere else
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _say(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.said.append(await socket.receive_json())
        for frame in self._frames:
            if frame["kind"] == "ws-binary":
                await socket.send_bytes(bytes_of(frame))
            else:
                await socket.send_str(json.dumps(frame["body"]))
        await socket.close()
        return socket
