"""A stock git with git-lfs clones a project of the running studio, and gets all of it."""

from __future__ import annotations

import asyncio
import hashlib

import httpx
import pytest

from app.platform.ids import new_key
from app.projects.scaffold import LEAVES, is_project, open_folder
from tests.repositories.cloning import api_token, clone_url, film, git, picture
from tests.studio import Studio


@pytest.fixture(scope="module")
async def made(studio: Studio) -> tuple[str, str]:
    return await film(studio)


@pytest.fixture
async def url(studio: Studio, host: str, made: tuple[str, str]) -> str:
    return await clone_url(studio.owner, made[0], host, await api_token(studio.owner, "read"))


async def test_a_clone_is_the_whole_project_with_its_media(studio, made, url, tmp_path) -> None:
    await git(tmp_path, "clone", url, "film")
    clone = tmp_path / "film"
    takes = list(clone.glob("03_Renders/*/*/*.mp4"))
    assert len(takes) == 1
    content = takes[0].read_bytes()
    assert content[4:8] == b"ftyp"
    answer = await studio.owner.get(f"/api/v1/projects/{made[0]}/takes")
    take = answer.json()["items"][0]
    assert hashlib.sha256(content).hexdigest() == take["digest"]
    assert await git(clone, "status", "--porcelain") == ""
    assert not is_project(clone)
    open_folder(clone)
    assert is_project(clone)
    assert all((clone / leaf).is_dir() for leaf in LEAVES)
    assert await git(clone, "status", "--porcelain") == ""


async def test_old_and_new_protocols_and_shallow_clones(url, tmp_path) -> None:
    for number, more in enumerate(
        (["-c", "protocol.version=0"], ["-c", "protocol.version=2"], ["-c", "protocol.version=1"])
    ):
        await git(tmp_path, *more, "clone", "--depth", "1", url, f"film{number}")
    await git(tmp_path, "clone", "--filter=blob:none", url, "partial")


async def test_a_later_fetch_brings_what_is_new(studio, made, url, tmp_path) -> None:
    await git(tmp_path, "clone", url, "film")
    await studio.shot(made[0], code="020")
    answer = await studio.owner.post(f"/api/v1/projects/{made[0]}/commits", json={"message": "Two"})
    assert answer.json()["commit"] is not None
    await git(tmp_path / "film", "pull")
    assert "Two" in await git(tmp_path / "film", "log", "--format=%s", "-1")


async def test_who_may_not_is_told_so_and_learns_nothing(studio, made, host, url, tmp_path) -> None:
    stranger = await studio.person("Eve")
    token = await api_token(stranger, "read", "edit")
    path = httpx.URL(url).path
    for address, said in (
        (f"http://{host}{path}", "could not read Username"),
        (f"http://x:nonsense@{host}{path}", "Authentication failed"),
        (f"http://x:{token}@{host}{path}", "not found"),
        (f"http://x:{token}@{host}/git/nothing-of-this-name.git", "not found"),
    ):
        assert said in await git(tmp_path, "clone", address, "film", fails=True)
        assert not (tmp_path / "film").exists()
    async with httpx.AsyncClient(base_url=f"http://{host}") as client:
        asked = {"params": {"service": "git-upload-pack"}, "auth": ("x", token)}
        theirs = await client.get(f"{path}/info/refs", **asked)
        nothing = await client.get("/git/x.git/info/refs", **asked)
        assert (theirs.status_code, theirs.text) == (nothing.status_code, nothing.text)
        assert theirs.status_code == 404
        anybody = await client.get(f"{path}/info/refs?service=git-upload-pack")
        assert anybody.status_code == 401
        assert anybody.headers["www-authenticate"].startswith("Basic")
        # A browser's session opens nothing here.
        cookie = studio.owner.headers["authorization"].removeprefix("Bearer ")
        client.cookies.set("director_session", cookie)
        assert (await client.get(f"{path}/info/refs?service=git-upload-pack")).status_code == 401


async def test_a_member_who_was_removed_fetches_no_more(studio, made, host, tmp_path) -> None:
    token = await studio.token("Vic")
    await studio.let_in(made[0], token, "viewer")
    viewer = await studio.client(token)
    url = await clone_url(viewer, made[0], host, await api_token(viewer, "read"))
    await git(tmp_path, "clone", url, "film")
    me = (await viewer.get("/api/v1/auth/me")).json()["id"]
    assert (
        await studio.owner.delete(f"/api/v1/projects/{made[0]}/members/{me}")
    ).status_code == 204
    assert "not found" in await git(tmp_path / "film", "fetch", fails=True)


@pytest.mark.parametrize(
    "path", ["/HEAD", "/objects/info/packs", "/config", "/.git/config", "/info/refs", "/hooks"]
)
async def test_nothing_but_the_protocol_is_served(host, url, path) -> None:
    name = httpx.URL(url).path
    async with httpx.AsyncClient(base_url=f"http://{host}", auth=url_auth(url)) as client:
        answer = await client.get(f"{name}{path}")
    assert answer.status_code in (403, 404), answer.text


def url_auth(url: str) -> tuple[str, str]:
    parsed = httpx.URL(url)
    return parsed.username, parsed.password


async def test_hostile_requests_are_refused_and_harm_nothing(host, url) -> None:
    name = httpx.URL(url).path
    async with httpx.AsyncClient(
        base_url=f"http://{host}", auth=url_auth(url), timeout=60
    ) as client:
        for body, headers in (
            (b"nonsense", {}),
            (b"0032want " + b"f" * 40 + b"\n0000", {}),
            (b"", {"content-encoding": "gzip"}),
            (b"not gzip", {"content-encoding": "gzip"}),
            (b"0000", {"content-encoding": "br"}),
            (b"0000", {"git-protocol": "version=2:$(touch x)"}),
        ):
            answer = await client.post(f"{name}/git-upload-pack", content=body, headers=headers)
            assert answer.status_code < 500, (body, answer.text)
        alive = await client.get(f"{name}/info/refs?service=git-upload-pack")
        assert alive.status_code == 200
        for odd in ("..%2f..%2fetc.git", "%00.git", "a" * 5000, ".git", "x%5c..%5cy.git"):
            answer = await client.get(f"/git/{odd}/info/refs?service=git-upload-pack")
            assert answer.status_code in (400, 404), (odd, answer.status_code)


async def test_objects_of_other_projects_cannot_be_had(studio, made, host, url) -> None:
    name = httpx.URL(url).path
    other = await studio.person("Eve")
    secret = await studio.project(other)
    found = picture()
    answer = await other.post(
        f"/api/v1/projects/{secret}/media", content=found, headers={"X-Filename": "a.png"}
    )
    assert answer.status_code == 201, answer.text
    theirs = {"oid": answer.json()["digest"], "size": len(found)}
    nothing = {"oid": hashlib.sha256(new_key().encode()).hexdigest(), "size": len(found)}
    async with httpx.AsyncClient(base_url=f"http://{host}", auth=url_auth(url)) as client:
        answer = await client.post(
            f"{name}/info/lfs/objects/batch",
            json={"operation": "download", "objects": [theirs, nothing]},
        )
        first, second = answer.json()["objects"]
        assert first["error"] == second["error"]
        assert first["error"]["code"] == 404
        for one in (theirs, nothing):
            got = await client.get(f"{name}/info/lfs/objects/{one['oid']}")
            assert (got.status_code, "message" in got.json()) == (404, True)
        # Read alone brings nothing.
        answer = await client.post(
            f"{name}/info/lfs/objects/batch", json={"operation": "upload", "objects": [theirs]}
        )
        assert answer.status_code == 403
    editor = await api_token(studio.owner, "edit")
    async with httpx.AsyncClient(base_url=f"http://{host}", auth=("x", editor)) as client:
        answer = await client.post(
            f"{name}/info/lfs/objects/batch",
            json={"operation": "upload", "objects": [theirs, nothing]},
        )
        # Bytes that another project has are demanded like all others.
        assert [one["actions"].keys() for one in answer.json()["objects"]] == [{"upload"}] * 2
        wrong = await client.put(f"{name}/info/lfs/objects/{theirs['oid']}", content=b"guess")
        assert (wrong.status_code, wrong.json()["code"]) == (400, "media.wrong_digest")
        got = await client.get(f"{name}/info/lfs/objects/{theirs['oid']}")
        assert got.status_code == 404


async def test_an_interrupted_clone_leaves_no_process_and_no_file(
    studio, made, host, url, tmp_path
) -> None:
    project = (await studio.owner.get(f"/api/v1/projects/{made[0]}")).json()
    folder = studio.settings.workspace / "Projects" / project["folder"]
    before = sorted(path for path in (folder / ".git").rglob("*"))
    for delay in (0.02, 0.05, 0.1, 0.2):
        process = await asyncio.create_subprocess_exec(
            "git", "clone", "--quiet", url, f"film{delay}", cwd=tmp_path
        )
        await asyncio.sleep(delay)
        if process.returncode is None:
            process.kill()
        await process.wait()
    assert sorted(path for path in (folder / ".git").rglob("*")) == before
    await git(tmp_path, "clone", url, "whole")
