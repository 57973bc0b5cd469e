"""How Wan2GP is, asked of servers that answer as real ones were recorded to."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import msgspec
import pytest
from director_wan2gp import Settings, asking, check_health

from node_registry import Health

RECORDED = Path(__file__).parent / "recorded"
SESSION = [json.loads(line) for line in (RECORDED / "mcp_session.jsonl").read_text().splitlines()]
PAGE = json.loads((RECORDED / "gradio_config.json").read_text())
Answer = Callable[[str, str, dict[str, Any]], tuple[int, object]]


class Server(ThreadingHTTPServer):
    """Answers requests by a function of method, path and JSON body."""

    daemon_threads = True
    answer: Answer


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"] or 0)
        self._send(json.loads(self.rfile.read(length)))

    def do_GET(self) -> None:
        self._send({})

    def _send(self, sent: dict[str, Any]) -> None:
        status, found = self.server.answer(self.command, self.path, sent)
        self.send_response(status)
        if status == 307:
            self.send_header("Location", self.path + "/")
        self.end_headers()
        try:
            self.wfile.write(found if isinstance(found, bytes) else json.dumps(found).encode())
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as listening:
        Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
        yield listening
        listening.shutdown()


def mcp(method: str, path: str, sent: dict[str, Any]) -> tuple[int, object]:
    """Wan2GP's MCP server, as recorded."""
    if path != "/mcp/":
        return (307, b"") if path == "/mcp" else (404, b"Not Found")
    for asked, answered in zip(SESSION[::2], SESSION[1::2], strict=True):
        if asked["json"]["method"] == sent["method"]:
            return 200, {**answered["json"], "id": sent["id"]}
    raise AssertionError(sent)


def page(method: str, path: str, sent: dict[str, Any]) -> tuple[int, object]:
    """A Gradio page of the shape of Wan2GP's, as recorded."""
    return (200, PAGE) if (method, path) == ("GET", "/config") else (405, {"detail": "no"})


async def ask(server: Server | str, answer: Answer | None = None) -> Health:
    url = server
    if isinstance(server, Server):
        assert answer
        server.answer = answer
        url = f"http://127.0.0.1:{server.server_port}/"
    (check,) = check_health(Settings(url=str(url)))
    found = await check.run()
    assert found.state == "ok" or found.remedy
    assert found.message.isprintable()
    return found


async def test_without_an_address_nobody_is_asked() -> None:
    found = await ask("")
    assert found.state == "not_configured"
    assert "DIRECTOR_PLUGIN_WAN2GP__URL" in found.remedy


async def test_an_mcp_server_is_the_door(server: Server) -> None:
    found = await ask(server, mcp)
    tools = len(SESSION[3]["json"]["result"]["tools"])
    assert tools > 10
    assert found == Health("ok", f"Wan2GP answers over MCP with {tools} tools (library 1.10.1).")


async def test_a_page_alone_is_no_api(server: Server) -> None:
    found = await ask(server, page)
    assert found.state == "degraded"
    assert "Gradio 5.29.0" in found.message
    assert "--mcp" in found.remedy


async def test_an_old_mcp_server_lacks_a_tool(server: Server) -> None:
    def old(method: str, path: str, sent: dict[str, Any]) -> tuple[int, object]:
        status, found = mcp(method, path, sent)
        assert isinstance(found, dict)
        if sent["method"] == "tools/list":
            tools = found["result"]["tools"]
            found["result"] = {"tools": [t for t in tools if t["name"] != "wangp_cancel_job"]}
        return status, found

    found = await ask(server, old)
    assert found.state == "degraded"
    assert "wangp_cancel_job" in found.message


async def test_somebody_elses_mcp_server(server: Server) -> None:
    def other(method: str, path: str, sent: dict[str, Any]) -> tuple[int, object]:
        named = {"serverInfo": {"name": "Weather", "version": "1"}, "tools": [{"name": "rain"}]}
        return 200, {"jsonrpc": "2.0", "id": 1, "result": named}

    found = await ask(server, other)
    assert found.state == "degraded"
    assert "Weather" in found.message


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"[" * 100_000),
        (200, b'{"more": ' * 100_000),
        (200, {"result": None, "dependencies": 3}),
        (200, {"result": {"serverInfo": 3}, "dependencies": [{"api_name": "predict"}]}),
        (200, {"error": {"code": -1}}),
        (404, b""),
        (500, b"\xff"),
    ],
)
async def test_somebody_else_at_the_address(server: Server, status: int, answer: object) -> None:
    found = await ask(server, lambda *_: (status, answer))
    assert found.state == "degraded"
    assert "not Wan2GP" in found.message


async def test_a_password_is_asked_for(server: Server) -> None:
    found = await ask(server, lambda *_: (401, {"detail": "Not authenticated"}))
    assert found.state == "degraded"
    assert "401" in found.message


async def test_an_endless_answer_is_given_up(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "LARGEST", 10_000)
    found = await ask(server, lambda *_: (200, b" " * 20_000))
    assert "does not answer" in found.message


async def test_a_silent_server_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asking.WITHIN < 5, "a check has five seconds"
    monkeypatch.setattr(asking, "WITHIN", 0.1)

    def silent(*_: object) -> tuple[int, object]:
        time.sleep(1)
        return 200, b""

    began = time.monotonic()
    assert "does not answer" in (await ask(server, silent)).message
    assert time.monotonic() - began < 0.9


async def test_nobody_at_the_address() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        found = await ask(f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert found.state == "degraded", "the studio works without it"
    assert "does not answer" in found.message


@pytest.mark.parametrize("url", ["127.0.0.1:7866", "file:///etc/passwd", "http://"])
def test_an_address_that_cannot_be_is_refused(url: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"url": url}, Settings)
