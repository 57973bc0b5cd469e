"""What the doctor hears of the S3 server: nothing where there is none, else how it is."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from director_storage import Settings, check_health


class Bucket(BaseHTTPRequestHandler):
    """A server with one bucket, `films`, and another, `secret`, that nobody may see."""

    def do_HEAD(self) -> None:
        answers = {"/films": 200, "/secret": 403}
        self.send_response(answers.get(self.path.split("?")[0].rstrip("/"), 404))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    listening = HTTPServer(("127.0.0.1", 0), Bucket)
    Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    listening.server_close()


def settings(endpoint: str, bucket: str) -> Settings:
    return Settings(endpoint=endpoint, bucket=bucket, access_key="studio", secret_key="hush")


def test_without_a_bucket_there_is_nothing_to_ask() -> None:
    assert list(check_health(Settings())) == []


@pytest.mark.parametrize(
    ("bucket", "state", "said"),
    [
        ("films", "ok", "'films' is there"),
        ("missing", "failed", "no bucket 'missing'"),
        ("secret", "failed", "refused"),
    ],
)
async def test_the_bucket(server: str, bucket: str, state: str, said: str) -> None:
    (check,) = check_health(settings(server, bucket))
    health = await check.run()
    assert health.state == state
    assert said in health.message
    assert "hush" not in health.message + health.remedy
    assert health.remedy or state == "ok"


async def test_a_server_that_is_not_there() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        (check,) = check_health(settings(f"http://127.0.0.1:{nobody.getsockname()[1]}", "films"))
        health = await check.run()
    assert health.state == "failed"
    assert "DIRECTOR_PLUGIN_STORAGE__ENDPOINT" in health.remedy
