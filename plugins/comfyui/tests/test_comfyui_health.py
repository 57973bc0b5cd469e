"""How ComfyUI is, asked of a server that answers as a real one was recorded to."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import msgspec
import pytest
from director_comfyui import Settings, check_health, health

from node_registry import Health

RECORDED = Path(__file__).parent / "recorded/system_stats.jsonl"
REQUEST, ANSWER = map(json.loads, RECORDED.read_text().splitlines())


class Server(ThreadingHTTPServer):
    """Answers with what a test put here: a status, a body, seconds to wait before it."""

    daemon_threads = True
    status = 200
    body = b""
    pause = 0.0
    asked: list[tuple[str, str, str | None]]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.command, self.path, self.headers["Authorization"]))
        time.sleep(self.server.pause)
        self.send_response(self.server.status)
        if 300 <= self.server.status < 400:
            self.send_header("Location", self.path)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        try:
            self.wfile.write(self.server.body)
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as listening:
        listening.asked = []
        listening.body = json.dumps(ANSWER["body"]).encode()
        Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
        yield listening
        listening.shutdown()


def address(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_port}"


async def ask(url: str) -> Health:
    (check,) = check_health(Settings(url=url))
    found = await check.run()
    assert found.state == "ok" or found.remedy
    assert found.message.endswith((".", ")."))
    return found


def stats(**system: Any) -> bytes:
    return json.dumps({"system": {**ANSWER["body"]["system"], **system}}).encode()


async def test_without_an_address_nobody_is_asked() -> None:
    found = await ask("")
    assert found.state == "not_configured"
    assert "DIRECTOR_PLUGIN_COMFYUI__URL" in found.remedy


async def test_a_real_server_is_told_as_it_is(server: Server) -> None:
    found = await ask(address(server) + "/")
    assert found == Health(
        "ok", "ComfyUI 0.30.2 with PyTorch 2.13.0+cpu: cpu with 20.8 of 23.5 GiB free."
    )
    assert server.asked == [(REQUEST["method"], REQUEST["path"], None)]


async def test_a_proxy_gets_the_password_and_nobody_else(server: Server) -> None:
    server.status = 401
    found = await ask(f"http://ina:geheim@127.0.0.1:{server.server_port}/comfy")
    assert found.state == "degraded"
    assert "401" in found.message
    assert "geheim" not in found.message + found.remedy
    (asked,) = server.asked
    assert asked[1] == "/comfy/system_stats"
    assert asked[2] == "Basic aW5hOmdlaGVpbQ=="


@pytest.mark.parametrize("version", ["0.3.56", "0.2.9"])
async def test_an_old_one_is_told_what_it_lacks(server: Server, version: str) -> None:
    server.body = stats(comfyui_version=version)
    found = await ask(address(server))
    assert found.state == "degraded"
    assert "0.3.57" in found.remedy


@pytest.mark.parametrize("version", ["0.3.57", "1.0.0", "nightly", "\x1b[31m" + "9" * 5000])
async def test_any_other_version_is_fine(server: Server, version: str) -> None:
    server.body = stats(comfyui_version=version)
    found = await ask(address(server))
    assert found.state == "ok"
    assert found.message.isprintable()
    assert len(found.message) < 400


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>Hello</html>"),
        (200, b"[]"),
        (200, b'{"system": {}}'),
        (200, b'{"system": {"comfyui_version": 3}}'),
        (200, b"\xff\xfe"),
        (200, b"[" * 100_000),
        (200, b'{"more": ' * 100_000),
        (302, b""),
        (404, b"{}"),
        (500, b""),
    ],
)
async def test_somebody_else_at_the_address(server: Server, status: int, body: bytes) -> None:
    server.status, server.body = status, body
    found = await ask(address(server))
    assert found.state == "degraded"
    assert "not ComfyUI" in found.message
    assert len(server.asked) == 1, "a redirect is not followed"


async def test_an_endless_answer_is_given_up(server: Server) -> None:
    server.body = b" " * (health.LARGEST + 1)
    assert "does not answer" in (await ask(address(server))).message


async def test_a_silent_server_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    assert health.WITHIN < 5, "a check has five seconds"
    monkeypatch.setattr(health, "WITHIN", 0.1)
    server.pause = 1
    began = time.monotonic()
    assert "does not answer" in (await ask(address(server))).message
    assert time.monotonic() - began < 0.9


async def test_nobody_at_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    # A proxy of the environment has no say in this.
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        found = await ask(f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert found.state == "degraded", "the studio works without it"
    assert "does not answer" in found.message
    assert (await ask("http://nowhere.invalid")).state == "degraded"
    assert (await ask("http://[bad")).state == "degraded"


@pytest.mark.parametrize("url", ["127.0.0.1:8188", "file:///etc/passwd", "http://", "http://a b"])
def test_an_address_that_cannot_be_is_refused(url: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"url": url}, Settings)
