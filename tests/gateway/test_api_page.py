"""The API's page: small, to be read in both themes, and no door for a stranger's code."""

from __future__ import annotations

import gzip
import re
from itertools import pairwise
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.openapi import OpenAPIConfig
from litestar.testing import TestClient

from app.gateway.api_page import ROUTES, local_openapi_pages
from app.gateway.errors import EXCEPTION_HANDLERS
from tests.contrast import contrast

FOLDER = Path(__file__).resolve().parents[2] / "app/gateway/api_page_html"
PAGE = (FOLDER / "api.html").read_text()
STYLE = (FOLDER / "api.css").read_text()


@pytest.fixture(scope="module")
def client():
    described = OpenAPIConfig(
        title="API", version="1", path="/api/docs", render_plugins=local_openapi_pages()
    )
    app = Litestar(ROUTES, exception_handlers=EXCEPTION_HANDLERS, openapi_config=described)
    with TestClient(app) as client:
        yield client


def test_the_page_comes_in_8_kilobytes(client) -> None:
    sent = len(gzip.compress(client.get("/api/docs/").content))
    for name in sorted(set(re.findall(r"/pages/([\w.]+)", PAGE))):
        answer = client.get(f"/pages/{name}", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.text == (FOLDER / name).read_text()
        sent += len(gzip.compress(answer.content))
    assert sent <= 8_000


def test_every_file_is_one_that_the_page_needs() -> None:
    named = set(re.findall(r"/pages/([\w.]+)", PAGE))
    needed: set[str] = {"operations.js"}
    while True:
        more = {
            other
            for name in needed
            for other in re.findall(r'from "\./([\w.]+)"', (FOLDER / name).read_text())
        }
        if more <= needed:
            break
        needed |= more
    assert named == {"operations.js", "api.css"}
    assert {path.name for path in FOLDER.iterdir()} == needed | named | {"api.html"}


def test_an_unchanged_file_is_not_sent_again(client) -> None:
    first = client.get("/pages/operations.js")
    again = client.get("/pages/operations.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name",
    ["api.html", "no.js", "..%2Fapi_page.py", "..%2F..%2Fsettings.py", "%2Fetc%2Fpasswd"],
)
def test_nothing_but_the_pages_files_is_given(client, name: str) -> None:
    answer = client.get(f"/pages/{name}")
    assert answer.status_code == 404
    assert b"import" not in answer.content


def test_scripts_run_from_files_of_the_studio_only(client) -> None:
    policy = client.get("/pages/operations.js").headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    for page in FOLDER.glob("*.html"):
        text = page.read_text()
        assert not re.search(
            r"<script(?![^>]*\ssrc=)|\son\w+=|style=|https?://(?!www\.w3\.org)", text
        )
    for script in FOLDER.glob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|https?://",
            script.read_text(),
        ), script.name


def themes() -> list[dict[str, str]]:
    """The colours of the dark theme and of the light one."""
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    found = [dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6});", block)) for block in blocks]
    assert len(found) == 2
    return found


@pytest.mark.parametrize("theme", themes(), ids=["dark", "light"])
def test_text_and_edges_can_be_seen(theme: dict[str, str]) -> None:
    for ground in ("ground", "panel", "raised"):
        for ink in ("ink", "quiet"):
            assert contrast(theme[ink], theme[ground]) >= 4.5, (ink, ground)
    for state in ("good", "work", "old", "bad"):
        assert contrast(theme[state], theme["panel"]) >= 4.5, state
        assert contrast(theme[state], theme["ground"]) >= 4.5, state
    for ground in ("ground", "panel"):
        assert contrast(theme["edge"], theme[ground]) >= 3, ground
    # Greys of a room for pictures: no hue, from dark to light without black or white.
    greys = [theme[name] for name in ("ground", "panel", "raised", "line", "edge", "quiet", "ink")]
    assert all(len({grey[1:3], grey[3:5], grey[5:7]}) == 1 for grey in greys)
    assert all(one != other for one, other in pairwise(greys))
