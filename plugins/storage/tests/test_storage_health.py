"""What the doctor hears of the S3 server: nothing where there is none, else how it is."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from director_storage import Settings, check_health, health


class Bucket(BaseHTTPRequestHandler):
    """A server with a bucket that is slow, and another, `secret`, that nobody may see."""

    def do_HEAD(self) -> None:
        place = self.path.split("?")[0].rstrip("/")
        if place == "/slow":
            time.sleep(1)
        self.send_response({"/slow": 200, "/secret": 403}.get(place, 404))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Bucket) as listening:
        listening.daemon_threads = True
        Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()


def settings(endpoint: str, bucket: str) -> Settings:
    return Settings(endpoint=endpoint, bucket=bucket, access_key="studio", secret_key="hush")


def test_without_a_bucket_there_is_nothing_to_ask() -> None:
    assert list(check_health(Settings())) == []


@pytest.mark.parametrize(
    ("bucket", "said"), [("missing", "no bucket 'missing'"), ("secret", "refused")]
)
async def test_a_bucket_that_is_not_ours(
    server: str, monkeypatch: pytest.MonkeyPatch, bucket: str, said: str
) -> None:
    # However busy the machine is.
    monkeypatch.setattr(health, "WITHIN", 60)
    (check,) = check_health(settings(server, bucket))
    found = await check.run()
    assert found.state == "failed"
    assert said in found.message
    assert found.remedy
    assert "hush" not in found.message + found.remedy


async def test_a_server_that_is_silent(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert health.WITHIN < 5, "a check has five seconds"
    monkeypatch.setattr(health, "WITHIN", 0.3)
    found = await health.ask_server(settings(server, "slow"))
    assert found.state == "failed"
    assert "within 0.3 s" in found.message
    assert found.remedy


async def test_a_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "WITHIN", 60)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        (check,) = check_health(settings(url, "films"))
        found = await check.run()
    assert found.state == "failed"
    assert "DIRECTOR_PLUGIN_STORAGE__ENDPOINT" in found.remedy
