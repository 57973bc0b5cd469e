"""The built canvas over HTTP: cached, compressed, one page for every address."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar, get
from litestar.datastructures import State
from litestar.testing import TestClient

from app.gateway.canvas import ROUTES, Canvas, policy
from app.gateway.errors import EXCEPTION_HANDLERS

PAGE = '<!doctype html><script src="/a.js"></script><script>start(1)</script>'
SCRIPT = "_app/immutable/start.abc.js"


@get("/api/v1/known")
async def known() -> str:
    return "known"


def client_of(folder: Path) -> TestClient[Litestar]:
    state = State({"canvas": Canvas(folder)})
    return TestClient(
        Litestar([known, *ROUTES], state=state, exception_handlers=EXCEPTION_HANDLERS)
    )


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient[Litestar]]:
    (tmp_path / "_app/immutable").mkdir(parents=True)
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / "notes.md").write_text("not for the web")
    (tmp_path / SCRIPT).write_text("start()")
    (tmp_path / f"{SCRIPT}.br").write_bytes(b"brotli")
    (tmp_path / f"{SCRIPT}.gz").write_bytes(gzip.compress(b"start()"))
    with client_of(tmp_path) as client:
        yield client


@pytest.mark.parametrize("address", ["/", "/login", "/project/0197/queue", "/project/a.b"])
def test_every_address_of_a_browser_is_the_page(client, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    head = client.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(PAGE))


def test_a_built_file_is_kept_for_ever_and_comes_compressed(client) -> None:
    answer = client.get(f"/{SCRIPT}", headers={"Accept-Encoding": "gzip"})
    assert answer.text == "start()"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "Accept-Encoding"
    head = client.head(f"/{SCRIPT}", headers={"Accept-Encoding": "gzip;q=0, br"})
    assert head.headers["content-encoding"] == "br"
    assert (
        "content-encoding"
        not in client.head(f"/{SCRIPT}", headers={"Accept-Encoding": "identity"}).headers
    )
    again = client.get(f"/{SCRIPT}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "address",
    [
        "/_app/immutable/gone.js",
        "/api/v1/unknown",
        "/api",
        "/auth/unknown",
        "/ws",
        "/old.css",
        "/..%2fsecret.txt",
    ],
)
def test_what_a_program_asks_for_in_vain_is_said_in_json(client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_nothing_but_the_types_of_a_build_is_given(client) -> None:
    assert client.get("/notes.md").text == PAGE
    assert client.get("/icon.svg").headers["content-type"] == "image/svg+xml"
    assert client.get("/api/v1/known").text == "known"


def test_inline_scripts_run_by_their_digest_alone(client) -> None:
    rules = client.get("/").headers["content-security-policy"]
    assert rules == policy(["start(1)"])
    assert "'sha256-" in rules
    script = next(rule for rule in rules.split("; ") if rule.startswith("script-src"))
    assert "unsafe" not in script
    assert "default-src 'none'" in rules
    assert "https://media.example" in policy([], "https://media.example")
    assert "unsafe-inline" not in rules


def test_a_projects_page_says_what_the_browser_may_fetch_beside_it(client, tmp_path) -> None:
    screens = '{"/project/[id]": ["_app/immutable/nodes/6.js", "_app/immutable/assets/6.css"]}'
    (tmp_path / "screens.json").write_text(screens)
    project = "01a22cdd-f80d-7437-a008-fb6d99739fbf"
    with client_of(tmp_path) as logged_in:
        logged_in.cookies.set("director_session", "x")
        links = logged_in.get(f"/project/{project}").headers["link"]
        assert "link" not in logged_in.get("/").headers
        assert "link" not in logged_in.get("/project/0197").headers
        assert logged_in.get("/screens.json").status_code == 404
    assert "</_app/immutable/nodes/6.js>; rel=modulepreload" in links
    assert "</_app/immutable/assets/6.css>; rel=preload; as=style; crossorigin" in links
    assert f"</api/v1/projects/{project}>; rel=preload; as=fetch; crossorigin" in links
    # Who is not logged in would be told of nothing but refusals.
    assert "link" not in client.get(f"/project/{project}").headers


def test_without_a_build_the_page_says_what_to_do(tmp_path: Path) -> None:
    with client_of(tmp_path / "none") as client:
        answer = client.get("/")
    assert answer.status_code == 503
    assert answer.json()["code"] == "canvas.not_built"
    assert "make run" in answer.json()["hint"]
