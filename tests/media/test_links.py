"""Links that anybody may follow for a time: signed, with ranges, and good for nothing else."""

from __future__ import annotations

import io
import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from PIL import Image

from tests.studio import Studio

PROJECTS = "/api/v1/projects"


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), (9, 90, 9)).save(out, "PNG")
    return out.getvalue()


async def link_of(studio: Studio, **params: Any) -> str:
    project = await studio.project()
    media = await studio.owner.post(
        f"{PROJECTS}/{project}/media", content=picture(), headers={"X-Filename": "sea at night.png"}
    )
    address = f"{PROJECTS}/{project}/media/{media.json()['digest']}/link"
    answer = await studio.owner.post(address, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["url"]


async def test_a_stranger_follows_a_link_with_ranges(studio: Studio) -> None:
    url = await link_of(studio)
    stranger = await studio.client()
    whole = await stranger.get(url)
    assert whole.status_code == 200, whole.text
    assert whole.content == picture()
    assert whole.headers["content-type"] == "image/png"
    assert "sea%20at%20night.png" in whole.headers["content-disposition"]
    part = await stranger.get(url, headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, b"PNG")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("expires", str(int(time.time()) + 999_999)), ("filename", "x.html"),
        ("media_type", "text/html"), ("size", "1"), ("signature", "0" * 64), ("signature", "ä"),
    ],
    ids=["expires", "filename", "media_type", "size", "signature", "letters"],
)  # fmt: skip
async def test_a_link_that_was_changed_is_refused(studio: Studio, name: str, value: str) -> None:
    parts = urlsplit(await link_of(studio))
    query = {key: values[0] for key, values in parse_qs(parts.query).items()} | {name: value}
    answer = await (await studio.client()).get(f"{parts.path}?{urlencode(query)}")
    assert answer.status_code == 403, answer.text
    assert answer.json()["code"] == "media.bad_link"


async def test_a_link_is_for_one_file_and_ends(studio: Studio, monkeypatch) -> None:
    url = await link_of(studio, expires_in=1)
    stranger = await studio.client()
    parts = urlsplit(url)
    other = parts.path.rpartition("/")[0] + "/" + "a" * 64
    assert (await stranger.get(f"{other}?{parts.query}")).json()["code"] == "media.bad_link"
    deadline = time.monotonic() + 20
    while (answer := await stranger.get(url)).status_code == 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)  # noqa: ASYNC251 - nobody else waits
    assert (answer.status_code, answer.json()["code"]) == (403, "media.link_expired")
