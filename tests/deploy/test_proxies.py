"""The configurations of nginx and Caddy in deploy/, before the studio, by the real programs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets

from app import accounts
from app.platform.ids import new_key
from tests.studio import PASSWORD, Studio

DEPLOY = Path(__file__).parents[2] / "deploy" / "proxy"
PROGRAMS = ("nginx", "caddy")


class Proxy:
    """A proxy that runs before the studio, on a port of this machine, with a certificate."""

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        self.url = f"https://localhost:{port}"
        self.port = port
        self.trust = trust

    @contextlib.asynccontextmanager
    async def client(self, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
        # From another address of this machine, so that it is not that of the proxy.
        transport = httpx.AsyncHTTPTransport(verify=self.trust, local_address="127.0.0.2")
        async with httpx.AsyncClient(
            base_url=self.url, transport=transport, headers=headers, timeout=60
        ) as client:
            yield client


@pytest.fixture(scope="module", params=PROGRAMS)
async def proxy(
    request: pytest.FixtureRequest, studio: Studio, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Proxy]:
    folder = tmp_path_factory.mktemp("proxy")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    await asyncio.to_thread(
        subprocess.run,
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    port = free_port()
    async with studio.served(trusted_proxies=("127.0.0.1",)) as address:
        write = {"nginx": nginx, "caddy": caddy}[request.param]
        command = write(folder, port, address, key, certificate)
        with (folder / "output").open("wb") as output:
            running = await asyncio.create_subprocess_exec(
                *command,
                stdout=output,
                stderr=output,
                env=os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder)},
            )
        try:
            proxy = Proxy(port, ssl.create_default_context(cafile=str(certificate)))
            async with asyncio.timeout(60), proxy.client() as client:
                while True:
                    assert running.returncode is None, (folder / "output").read_text()
                    with contextlib.suppress(httpx.TransportError):
                        if (await client.get("/livez")).status_code == 200:
                            break
                    await asyncio.sleep(0.05)
            yield proxy
        finally:
            if running.returncode is None:
                running.terminate()
            await running.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def nginx(folder: Path, port: int, address: str, key: Path, certificate: Path) -> list[str]:
    """The configuration as it is, but for names, ports and times; and the command."""
    text = (DEPLOY / "nginx.conf").read_text()
    for old, new in (
        ("server 127.0.0.1:8700;", f"server {address};"),
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
        ("listen [::]:80;", ""),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{port} ssl http2;"),
        ("listen [::]:443 ssl http2;", ""),
        ("server_name studio.example;", "server_name localhost;"),
        ("/etc/ssl/studio.example.pem", str(certificate)),
        ("/etc/ssl/studio.example.key", str(key)),
        ("/var/log/nginx/director.log", str(folder / "access.log")),
        ("client_header_timeout 20s;", "client_header_timeout 1s;"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    (folder / "director.conf").write_text(text)
    as_root = "user root;" if os.getuid() == 0 else ""
    kept = "".join(
        f"{kind}_temp_path {folder / kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"{as_root} daemon off; pid {folder / 'pid'}; error_log stderr; worker_processes 1;"
        f" events {{}} http {{ {kept} include {folder / 'director.conf'}; }}"
    )
    return ["nginx", "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, port: int, address: str, key: Path, certificate: Path) -> list[str]:
    """The configuration as it is, but for names, ports and times; and the command."""
    text = (DEPLOY / "Caddyfile").read_text()
    for old, new in (
        ("\tservers {", "\tadmin off\n\tauto_https disable_redirects\n\tservers {"),
        ("studio.example {", f"localhost:{port} {{\n\tbind 127.0.0.1\n\ttls {certificate} {key}"),
        ("reverse_proxy 127.0.0.1:8700", f"reverse_proxy {address}"),
        ("read_header 20s", "read_header 1s"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    (folder / "Caddyfile").write_text(text)
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


async def log_in(proxy: Proxy, **headers: str) -> dict[str, Any]:
    """Log somebody in as a browser does; the log-in as it is listed to them."""
    email = f"{new_key()}@example.org"
    await accounts.register(email, PASSWORD, "Ina Berg")
    async with proxy.client(Origin=proxy.url, **headers) as browser:
        answer = await browser.post(
            "/api/v1/auth/login", json={"email": email, "password": PASSWORD}
        )
        assert answer.status_code == 200, answer.text
        listed = (await browser.get("/api/v1/auth/sessions")).json()["items"]
        return next(one for one in listed if one["current"])


async def test_a_browser_logs_in_and_its_own_address_is_known(proxy: Proxy) -> None:
    login = await log_in(proxy)
    assert login["address"] == "127.0.0.2"


async def test_nobody_chooses_their_own_address(proxy: Proxy) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    login = await log_in(proxy, **forged)
    assert login["address"] == "127.0.0.2"


async def test_a_canvas_opens_its_socket(proxy: Proxy, studio: Studio) -> None:
    token = await studio.token()
    project = await studio.project(await studio.client(token))
    async with websockets.connect(
        f"wss://localhost:{proxy.port}/ws/{project}",
        ssl=proxy.trust,
        additional_headers={"Authorization": f"Bearer {token}"},
    ) as canvas:
        await canvas.send(json.dumps({"event": "client:hello", "payload": {}}))
        async with asyncio.timeout(60):
            while True:
                frame = await canvas.recv()
                if isinstance(frame, str) and json.loads(frame)["event"] == "server:welcome":
                    break


async def test_a_film_passes_and_a_log_in_of_that_size_does_not(
    proxy: Proxy, studio: Studio
) -> None:
    token = await studio.token()
    project = await studio.project(await studio.client(token))
    film = os.urandom(20 << 20)
    async with proxy.client(Authorization=f"Bearer {token}") as client:
        begun = await client.post(
            f"/api/v1/projects/{project}/uploads",
            headers={"Tus-Resumable": "1.0.0", "Upload-Length": str(len(film) + 1)},
        )
        assert begun.status_code == 201, begun.text
        sent = await client.patch(
            begun.headers["location"],
            content=film,
            headers={
                "Tus-Resumable": "1.0.0",
                "Upload-Offset": "0",
                "Content-Type": "application/offset+octet-stream",
            },
        )
        assert (sent.status_code, sent.headers["upload-offset"]) == (204, str(len(film)))
        refused = await client.post("/api/v1/auth/login", content=b" " * 100_000)
        assert refused.status_code == 413


async def test_headers_have_a_deadline(proxy: Proxy) -> None:
    reader, writer = await asyncio.open_connection("localhost", proxy.port, ssl=proxy.trust)
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    async with asyncio.timeout(60):
        while await reader.read(1000):
            continue
    writer.close()
