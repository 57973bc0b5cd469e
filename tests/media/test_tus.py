"""Uploads by the tus protocol: in parts, over breaks, with checksums, and what is refused."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import os
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from PIL import Image

from app.media import Uploads, quotas, upload_rows, uploads
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.disk import DiskFloor
from tests.studio import Studio

TUS = {"Tus-Resumable": "1.0.0"}


def picture(seed: int = 1) -> bytes:
    """A picture of noise, so that its bytes are many and its own."""
    out = io.BytesIO()
    noise = hashlib.shake_256(bytes([seed])).digest(64 * 64 * 3)
    Image.frombytes("RGB", (64, 64), noise).save(out, "PNG")
    return out.getvalue()


def named(name: str) -> str:
    return f"filename {base64.b64encode(name.encode()).decode()},note"


async def begin(studio: Studio, project: str, size: int, name: str = "sea.png") -> str:
    answer = await studio.owner.post(
        f"/api/v1/projects/{project}/uploads",
        headers={**TUS, "Upload-Length": str(size), "Upload-Metadata": named(name)},
    )
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


async def send(studio: Studio, url: str, offset: int, data: Any, **headers: str) -> httpx.Response:
    return await studio.owner.patch(
        url,
        content=data,
        headers={
            **TUS,
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
            **headers,
        },
    )


async def offset_of(studio: Studio, url: str) -> int:
    answer = await studio.owner.head(url, headers=TUS)
    assert answer.status_code == 200, answer.headers
    return int(answer.headers["upload-offset"])


@pytest.fixture(scope="module")
async def project(studio: Studio) -> str:
    return await studio.project()


async def test_what_the_server_speaks(studio: Studio, project: str) -> None:
    answer = await studio.owner.options(f"/api/v1/projects/{project}/uploads")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert set(answer.headers["tus-extension"].split(",")) == {
        "creation", "termination", "checksum", "expiration",
    }  # fmt: skip
    assert answer.headers["tus-max-size"] == str(50 * 10**9)
    assert "sha1" in answer.headers["tus-checksum-algorithm"].split(",")


async def test_a_file_in_parts_becomes_media(studio: Studio, project: str) -> None:
    data = picture()
    url = await begin(studio, project, len(data), "séa.png")
    head = await studio.owner.head(url, headers=TUS)
    assert head.headers["upload-length"] == str(len(data))
    assert head.headers["upload-metadata"] == named("séa.png")
    assert head.headers["cache-control"] == "no-store"
    assert head.headers["upload-expires"].endswith("GMT")
    for start in range(0, len(data), 5000):
        assert await offset_of(studio, url) == start
        answer = await send(studio, url, start, data[start : start + 5000])
        assert answer.status_code == 204, answer.text
        assert answer.headers["tus-resumable"] == "1.0.0"
    digest = hashlib.sha256(data).hexdigest()
    assert answer.headers["upload-media"] == digest
    body = (await studio.owner.get(url)).json()
    assert (body["state"], body["media"]["digest"]) == ("done", digest)
    assert body["media"]["name"] == "séa.png"
    assert body["media"]["facts"]["width"] == 64
    back = await studio.owner.get(f"/api/v1/projects/{project}/media/{digest}")
    assert back.content == data
    # Whose answer was lost asks again, and is told again.
    assert await offset_of(studio, url) == len(data)
    assert (await send(studio, url, len(data), b"")).headers["upload-media"] == digest
    assert not list(parts(studio))


def parts(studio: Studio) -> list[str]:
    folder = studio.settings.home / "cache" / "incoming"
    return [path.name for path in folder.glob("*.part")] if folder.is_dir() else []


async def broken(data: bytes) -> AsyncIterator[bytes]:
    """A body whose connection is lost after these bytes."""
    yield data
    raise uploads.BrokenOff


async def test_a_lost_connection_keeps_what_came(studio: Studio, project: str) -> None:
    service: Uploads = studio.app.state.uploads
    data = picture(2)
    url = await begin(studio, project, len(data))
    upload = UUID(url.rsplit("/", 1)[1])
    owner = await actor_of(studio)
    await service.append(owner, UUID(project), upload, 0, broken(data[:777]))
    assert await offset_of(studio, url) == 777
    # Another process of the studio goes on: it has counted nothing of what is there.
    service._parts._hashes.clear()
    answer = await send(studio, url, 777, data[777:])
    assert answer.headers["upload-media"] == hashlib.sha256(data).hexdigest()


async def actor_of(studio: Studio) -> Any:
    from app import accounts

    return await accounts.authenticate(
        studio.owner.headers["Authorization"].removeprefix("Bearer ")
    )


async def test_an_upload_received_whole_by_a_process_that_died_is_finished_at_the_next_start(
    studio: Studio, project: str
) -> None:
    service: Uploads = studio.app.state.uploads
    data = picture(3)
    url = await begin(studio, project, len(data))
    service._parts.path(UUID(url.rsplit("/", 1)[1])).write_bytes(data)
    await service.finish_received()
    body = (await studio.owner.get(url)).json()
    assert body["media"]["digest"] == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
async def test_a_checksum_lets_a_part_count_whole_or_not_at_all(
    studio: Studio, project: str, algorithm: str
) -> None:
    data = picture(4) + os.urandom(8)
    url = await begin(studio, project, len(data))
    first, rest = data[:4000], data[4000:]

    def checksum(part: bytes) -> str:
        digest = hashlib.new(algorithm, part).digest()
        return f"{algorithm} {base64.b64encode(digest).decode()}"

    wrong = await send(studio, url, 0, first, **{"Upload-Checksum": checksum(rest)})
    assert (wrong.status_code, wrong.json()["code"]) == (460, "upload.checksum")
    assert await offset_of(studio, url) == 0
    right = await send(studio, url, 0, first, **{"Upload-Checksum": checksum(first)})
    assert right.headers["upload-offset"] == "4000"
    # A part that broke off cannot be checked, and is not kept.
    service: Uploads = studio.app.state.uploads
    upload = UUID(url.rsplit("/", 1)[1])
    from app.media.part_files import Checksum

    said = Checksum(algorithm, hashlib.new(algorithm, rest).digest())
    await service.append(
        await actor_of(studio), UUID(project), upload, 4000, broken(rest[:100]), said
    )
    assert await offset_of(studio, url) == 4000
    last = await send(studio, url, 4000, rest, **{"Upload-Checksum": checksum(rest)})
    assert last.headers["upload-media"] == hashlib.sha256(data).hexdigest(), last.text


async def test_what_is_no_checksum_is_refused(studio: Studio, project: str) -> None:
    url = await begin(studio, project, 10)
    for odd in ("sha1", "crc99 AAAA", "sha1 !!!", ""):
        answer = await send(studio, url, 0, b"x", **{"Upload-Checksum": odd})
        assert (answer.status_code, answer.json()["code"]) == (400, "upload.bad_checksum"), odd


async def test_a_second_writer_is_refused_while_the_first_sends(
    studio: Studio, project: str
) -> None:
    data = picture(5)
    url = await begin(studio, project, len(data))
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield data[:100]
        arrived.set()
        await go_on.wait()
        yield data[100:]

    first = asyncio.create_task(send(studio, url, 0, slow()))
    await arrived.wait()
    second = await send(studio, url, 0, data)
    assert (second.status_code, second.json()["code"]) == (423, "upload.busy")
    go_on.set()
    assert (await first).headers["upload-media"] == hashlib.sha256(data).hexdigest()


async def test_a_writer_that_fell_silent_makes_way(
    studio: Studio, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "SILENT", 0.2)
    data = picture(6)
    url = await begin(studio, project, len(data))
    arrived = asyncio.Event()

    async def dead() -> AsyncIterator[bytes]:
        yield data[:100]
        arrived.set()
        await asyncio.sleep(60)

    first = asyncio.create_task(send(studio, url, 0, dead()))
    await arrived.wait()
    await asyncio.sleep(0.3)
    answer = await send(studio, url, 0, data)
    if answer.status_code == 409:
        # What the first had sent is kept.
        answer = await send(studio, url, answer.json()["offset"], data[answer.json()["offset"] :])
    assert answer.headers["upload-media"] == hashlib.sha256(data).hexdigest()
    assert (await first).headers["upload-offset"] == "100"


async def test_a_wrong_offset_is_told_the_true_one(studio: Studio, project: str) -> None:
    data = picture(7)
    url = await begin(studio, project, len(data))
    await send(studio, url, 0, data[:50])
    for wrong in (0, 49, 51, len(data)):
        answer = await send(studio, url, wrong, b"abc")
        assert (answer.status_code, answer.json()["offset"]) == (409, 50)
    assert await offset_of(studio, url) == 50


async def test_more_bytes_than_were_said_are_refused(studio: Studio, project: str) -> None:
    url = await begin(studio, project, 100)
    await send(studio, url, 0, bytes(40))
    answer = await send(studio, url, 40, bytes(61))
    assert (answer.status_code, answer.json()["code"]) == (413, "upload.too_long")
    assert await offset_of(studio, url) == 40


async def test_a_file_that_is_no_media_is_refused_and_says_so_again(
    studio: Studio, project: str
) -> None:
    url = await begin(studio, project, 24)
    answer = await send(studio, url, 0, b"#EXTM3U\nhttp://evil.test")
    assert (answer.status_code, answer.json()["code"]) == (415, "media.not_accepted")
    body = (await studio.owner.get(url)).json()
    assert body["state"] == "refused"
    assert "playlist" in body["error"]["message"]
    again = await send(studio, url, 0, b"#EXTM3U\nhttp://evil.test")
    assert again.json()["code"] == "media.not_accepted"
    assert not (parts_of(studio, url)).exists()


def parts_of(studio: Studio, url: str) -> Any:
    return studio.app.state.uploads._parts.path(UUID(url.rsplit("/", 1)[1]))


async def test_an_upload_can_be_ended(studio: Studio, project: str) -> None:
    url = await begin(studio, project, 100)
    await send(studio, url, 0, bytes(40))
    assert (await studio.owner.delete(url, headers=TUS)).status_code == 204
    assert not parts_of(studio, url).exists()
    assert (await studio.owner.head(url, headers=TUS)).status_code == 404
    assert (await send(studio, url, 40, bytes(1))).status_code == 404


async def test_methods_can_be_overridden(studio: Studio, project: str) -> None:
    data = picture(8)
    url = await begin(studio, project, len(data))
    answer = await studio.owner.post(
        url,
        content=data[:10],
        headers={**TUS, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH",
                 "Content-Type": "application/offset+octet-stream"},
    )  # fmt: skip
    assert answer.headers["upload-offset"] == "10"
    assert (await studio.owner.post(url, headers=TUS)).status_code == 405
    ended = await studio.owner.post(url, headers={**TUS, "X-HTTP-Method-Override": "DELETE"})
    assert ended.status_code == 204
    assert not parts_of(studio, url).exists()


async def test_what_is_under_way_is_listed_for_its_person(studio: Studio) -> None:
    project = await studio.project()
    urls = [await begin(studio, project, 100) for _ in range(3)]
    await send(studio, urls[1], 0, bytes(7))
    page = f"/api/v1/projects/{project}/uploads?limit=2"
    first = (await studio.owner.get(page)).json()
    rest = (await studio.owner.get(f"{page}&cursor={first['next_cursor']}")).json()
    assert [u["offset"] for u in (*first["items"], *rest["items"])] == [0, 7, 0]
    assert [u["id"] for u in (*first["items"], *rest["items"])] == [u[-36:] for u in urls]
    assert rest["next_cursor"] is None
    token = await studio.token()
    await studio.let_in(project, token)
    assert (await (await studio.client(token)).get(page)).json()["items"] == []


async def test_what_expired_is_swept(studio: Studio, project: str) -> None:
    service: Uploads = studio.app.state.uploads
    url, kept = await begin(studio, project, 100), await begin(studio, project, 100)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            "UPDATE uploads SET expires_at = now() - interval '1 s' WHERE id = $1",
            UUID(url.rsplit("/", 1)[1]),
        )
    stray, young = (service._parts.folder / f"{UUID(int=n)}.part" for n in (1, 2))
    for path in (stray, young):
        path.write_bytes(b"left")
    os.utime(stray, (time.time() - 90_000,) * 2)
    assert await service.sweep() == 2
    assert (await studio.owner.head(url, headers=TUS)).status_code == 404
    assert await offset_of(studio, kept) == 0
    assert not stray.exists()
    assert young.exists()
    young.unlink()


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Upload-Length": "5", "Tus-Resumable": "0.2.2"}, 412, "upload.bad_version"),
        ({"Upload-Length": "-5"}, 400, "upload.bad_header"),
        ({"Upload-Length": "five"}, 400, "upload.bad_header"),
        ({}, 400, "upload.bad_header"),
        ({"Upload-Length": "0"}, 400, "media.unreadable"),
        ({"Upload-Length": str(10**12)}, 413, "media.too_large"),
        ({"Upload-Length": "5", "Upload-Metadata": "filename !"}, 400, "upload.bad_metadata"),
        ({"Upload-Length": "5", "Upload-Metadata": "a " + "A" * 5000}, 400, "upload.bad_metadata"),
        ({"Upload-Length": "5", "Upload-Metadata": named("../up.png")}, 400, "media.bad_name"),
        ({"Upload-Length": "5", "Upload-Metadata": named("a\\b.png")}, 400, "media.bad_name"),
        ({"Upload-Length": "5", "Upload-Metadata": named("NUL.png")}, 400, "media.bad_name"),
        ({"Upload-Length": "5", "Upload-Metadata": named("com1")}, 400, "media.bad_name"),
        ({"Upload-Length": "5", "Upload-Metadata": named("a\0b.png")}, 400, "media.bad_name"),
        ({"Upload-Length": "5", "Upload-Metadata": named("a\nb.png")}, 400, "media.bad_name"),
        ({"Upload-Length": "5", "Upload-Metadata": named(".git")}, 201, ""),
    ],
)
async def test_what_cannot_begin(
    studio: Studio, project: str, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await studio.owner.post(
        f"/api/v1/projects/{project}/uploads", headers={**TUS, **headers}
    )
    assert answer.status_code == status, answer.text
    assert answer.headers["tus-resumable"] == "1.0.0"
    if code:
        assert answer.json()["code"] == code


async def test_a_project_that_is_full_takes_no_more(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = msgspec.structs.replace(quotas.current_quotas(), project=30_000)
    monkeypatch.setattr(quotas, "_quotas", limits)
    project, data = await studio.project(), picture(9)
    url = await begin(studio, project, len(data))
    headers = {**TUS, "Upload-Length": str(30_000 - len(data) + 1)}
    address = f"/api/v1/projects/{project}/uploads"
    coming = await studio.owner.post(address, headers=headers)
    assert (coming.status_code, coming.json()["code"]) == (413, "project.quota")
    await send(studio, url, 0, data)
    there = await studio.owner.post(address, headers=headers)
    assert (there.status_code, there.json()["code"]) == (413, "project.quota")
    headers["Upload-Length"] = str(30_000 - len(data))
    assert (await studio.owner.post(address, headers=headers)).status_code == 201


async def test_a_disk_without_room_is_told_before_any_byte(
    studio: Studio, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor = DiskFloor(studio.settings.home, 1 << 60)
    limits = msgspec.structs.replace(quotas.current_quotas(), floor=floor)
    monkeypatch.setattr(quotas, "_quotas", limits)
    answer = await studio.owner.post(
        f"/api/v1/projects/{project}/uploads", headers={**TUS, "Upload-Length": "5"}
    )
    assert (answer.status_code, answer.json()["code"]) == (507, "disk.full")


async def test_nobody_has_more_than_so_many_uploads_under_way(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_rows, "MOST_OPEN", 2)
    project = await studio.project()
    for _ in range(2):
        await begin(studio, project, 10)
    answer = await studio.owner.post(
        f"/api/v1/projects/{project}/uploads", headers={**TUS, "Upload-Length": "5"}
    )
    assert (answer.status_code, answer.json()["code"]) == (429, "upload.too_many")


async def test_who_lost_the_right_meanwhile_brings_nothing(studio: Studio) -> None:
    project, data = await studio.project(), picture(10)
    token = await studio.token()
    await studio.let_in(project, token)
    editor = await studio.client(token)
    headers = {**TUS, "Upload-Length": str(len(data)), "Upload-Metadata": named("a.png")}
    begun = await editor.post(f"/api/v1/projects/{project}/uploads", headers=headers)
    url = begun.headers["location"]
    part = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert (await editor.patch(url, content=data[:9], headers=part)).status_code == 204
    # It is nobody else's, not even the owner's of the project.
    assert (await studio.owner.head(url, headers=TUS)).status_code == 404
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            "UPDATE project_members SET role = 'viewer' WHERE project_id = $1 AND role = 'editor'",
            UUID(project),
        )
    part["Upload-Offset"] = "9"
    assert (await editor.patch(url, content=data[9:], headers=part)).status_code == 403
    assert (await editor.head(url, headers=TUS)).status_code == 403
