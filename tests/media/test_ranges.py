"""Stored bytes over HTTP: whole, in ranges, not again; shown and never run."""

from __future__ import annotations

import pytest

from app.media import note_object
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import parse_id
from node_registry import DirectorError, Media

CONTENT = bytes(range(256)) * 40
SIZE = len(CONTENT)


@pytest.fixture(scope="module")
async def url(studio) -> str:
    return await stored(studio, CONTENT, "video/mp4", "SHOT-010_v01_take01.mp4")


async def stored(studio, content: bytes, media_type: str, name: str) -> str:
    project = await studio.project()
    source = studio.settings.home / "given.bin"
    source.write_bytes(content)
    kept = await studio.store.keep(source, media_type)
    media = Media(digest=kept.digest, size=kept.size, media_type=media_type, name=name)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await note_object(unit, parse_id(project), media)
        await note_object(unit, parse_id(project), media)
    return f"/api/v1/projects/{project}/media/{kept.digest}"


async def test_the_whole_file(studio, url) -> None:
    answer = await studio.owner.get(url)
    assert answer.status_code == 200
    assert answer.content == CONTENT
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"].strip('"') == url.rsplit("/", 1)[1]
    assert "SHOT-010_v01_take01.mp4" in answer.headers["content-disposition"]
    assert answer.headers["content-disposition"].startswith("inline")


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=10-", 10, SIZE),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE),
        ("bytes=-5", SIZE - 5, SIZE),
        (f"bytes=-{SIZE * 3}", 0, SIZE),
        (f"bytes=5-{SIZE * 3}", 5, SIZE),
        ("bytes=0-999999999999999999", 0, SIZE),
    ],
)
async def test_a_range(studio, url, header, start, end) -> None:
    answer = await studio.owner.get(url, headers={"Range": header})
    assert answer.status_code == 206
    assert answer.content == CONTENT[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert answer.headers["content-length"] == str(end - start)


@pytest.mark.parametrize("header", [f"bytes={SIZE}-", "bytes=-0", "bytes=999999999999999999-"])
async def test_a_range_behind_the_end(studio, url, header) -> None:
    answer = await studio.owner.get(url, headers={"Range": header})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{SIZE}"
    assert answer.content == b""


@pytest.mark.parametrize(
    "header",
    ["bytes=-", "bytes=5-2", "bytes=a-b", "bytes=0-1,4-5", "lines=0-1", "bytes", "bytes=0--1",
     "bytes=0-" + "9" * 5000],
)  # fmt: skip
async def test_what_is_no_range_gets_the_whole(studio, url, header) -> None:
    answer = await studio.owner.get(url, headers={"Range": header})
    assert (answer.status_code, answer.content) == (200, CONTENT)


async def test_what_is_known_is_not_sent_again(studio, url) -> None:
    tag = (await studio.owner.get(url)).headers["etag"]
    for header in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = await studio.owner.get(url, headers={"If-None-Match": header})
        assert (answer.status_code, answer.content) == (304, b"")
    assert (await studio.owner.get(url, headers={"If-None-Match": '"other"'})).status_code == 200
    part = {"Range": "bytes=0-1"}
    same = await studio.owner.get(url, headers={**part, "If-Range": tag})
    other = await studio.owner.get(url, headers={**part, "If-Range": '"other"'})
    assert (same.status_code, other.status_code) == (206, 200)


async def test_a_page_among_the_files_is_not_a_page_of_the_studio(studio) -> None:
    page = b"<html xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></html>"
    for media_type, name in (("application/xml", "script.fdx"), ("image/svg+xml", "logo.svg")):
        answer = await studio.owner.get(await stored(studio, page, media_type, name))
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_name_cannot_add_a_header(studio) -> None:
    odd = 'a"\r\nSet-Cookie: x=1; é.mp4'
    answer = await studio.owner.get(await stored(studio, b"odd", "video/mp4", odd))
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert "\n" not in answer.headers["content-disposition"]


async def test_a_file_of_another_project_is_not_found(studio, url) -> None:
    project = await studio.project()
    digest = url.rsplit("/", 1)[1]
    for odd in (digest, digest.upper(), "0" * 64, digest + "0"):
        answer = await studio.owner.get(f"/api/v1/projects/{project}/media/{odd}")
        assert answer.status_code == 404, odd


@pytest.mark.parametrize("digest", ["../../etc/passwd", "", "a" * 63, "A" * 64, "a" * 64 + "/x"])
async def test_a_digest_that_is_none_reaches_no_path(studio, digest) -> None:
    with pytest.raises(DirectorError) as refused:
        await studio.store.path_of(digest)
    assert refused.value.code == "media.bad_digest"


async def test_bytes_that_are_gone_are_said_to_be_missing(studio) -> None:
    with pytest.raises(DirectorError) as gone:
        await studio.store.path_of("0" * 64)
    assert gone.value.code in ("media.missing", "storage.not_found")
    assert str(studio.settings.home) not in str(gone.value)
