"""Assets lie in the project's folder as the library has them: pictures, texts, names, versions."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image

from app import accounts, assets
from app.execution import asset_files
from app.execution.asset_files import AssetFilePublisher
from node_registry import DirectorError
from tests.studio import Studio

PROJECTS = "/api/v1/projects"
GENERATIVE = "01_Assets/Generative_Assets"
Json = dict[str, Any]


def picture(colour: tuple[int, int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return out.getvalue()


async def ok(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


async def bring(client: httpx.AsyncClient, project: str, data: bytes, name: str) -> Json:
    answer = await client.post(
        f"{PROJECTS}/{project}/media", content=data, headers={"X-Filename": name}
    )
    return await ok(answer, 201)


async def make(client: httpx.AsyncClient, project: str, kind: str, **content: Any) -> Json:
    body = {"kind": kind, "content": content}
    return await ok(await client.post(f"{PROJECTS}/{project}/assets", json=body), 201)


async def change(client: httpx.AsyncClient, asset: Json, **content: Any) -> Json:
    address = f"{PROJECTS}/{asset['project_id']}/assets/{asset['id']}"
    body = {"base_version": asset["version"], "content": content}
    return await ok(await client.patch(address, json=body))


async def folder_of(studio: Studio, project: str) -> Path:
    found = await ok(await studio.owner.get(f"{PROJECTS}/{project}"))
    return studio.settings.workspace / "Projects" / found["folder"]


def files(folder: Path) -> dict[str, bytes]:
    """The files of all assets, without the record that each folder has."""
    root = folder / GENERATIVE
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name not in (".gitkeep", "asset.json")
    }


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture
def publisher(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> AssetFilePublisher:
    """The studio's own, which waits until it is told."""
    monkeypatch.setattr(asset_files, "TOGETHER_SECONDS", 3600)
    return studio.app.state.asset_files


async def publish(publisher: AssetFilePublisher) -> None:
    while await publisher.publish_batch():
        continue
    await publisher.commit_files()


async def test_an_asset_is_a_folder_that_follows_it(studio: Studio, publisher) -> None:
    project = await studio.project()
    folder = await folder_of(studio, project)
    red, blue = picture((200, 0, 0)), picture((0, 0, 200))
    face = await bring(studio.owner, project, red, "face of ina.png")
    coat = await bring(studio.owner, project, blue, "coat.png")
    ina = await make(
        studio.owner, project, "character", name="Ina Berg", description="A keeper.",
        face_image=face, reference_images=[coat, face],
        variations=[{"name": "Storm", "images": [coat]}],
    )  # fmt: skip
    style = await make(studio.owner, project, "style", name="Noir", keywords=["dark", "wet"])
    await make(studio.owner, project, "prop", name="Lamp", description="Brass.")
    await publish(publisher)
    assert files(folder) == {
        "Characters/INA_BERG/description.txt": b"A keeper.\n",
        "Characters/INA_BERG/face.png": red,
        "Characters/INA_BERG/reference_images/coat.png": blue,
        "Characters/INA_BERG/reference_images/face of ina.png": red,
        "Characters/INA_BERG/variations/STORM/coat.png": blue,
        "Props/LAMP/description.txt": b"Brass.\n",
        "Styles/NOIR/keywords.txt": b"dark\nwet\n",
    }
    record = json.loads((folder / GENERATIVE / "Characters/INA_BERG/asset.json").read_text())
    assert (record["id"], record["kind"]) == (ina["id"], "character")
    assert record["content"]["face_image"]["digest"] == face["digest"]
    pointer = git(folder, "show", f"HEAD:{GENERATIVE}/Characters/INA_BERG/face.png")
    assert f"sha256:{face['digest']}" in pointer
    assert git(folder, "log", "-1", "--format=%s") == "Library: Ina Berg, Noir, Lamp\n"
    # Somebody put a file of their own beside them, which stays, also under the new name.
    (folder / GENERATIVE / "Characters/INA_BERG/my notes.txt").write_text("Ask about the coat.")
    ina = await change(studio.owner, ina, name="Ina Storm", reference_images=[coat], description="")
    await publish(publisher)
    assert {name for name in files(folder) if name.startswith("Characters/")} == {
        "Characters/INA_STORM/face.png",
        "Characters/INA_STORM/my notes.txt",
        "Characters/INA_STORM/reference_images/coat.png",
        "Characters/INA_STORM/variations/STORM/coat.png",
    }
    listed = git(folder, "ls-tree", "-r", "--name-only", "HEAD", f"{GENERATIVE}/Characters")
    assert "INA_BERG" not in listed
    assert f"{GENERATIVE}/Characters/INA_STORM/asset.json" in listed
    assert f"{GENERATIVE}/Characters/INA_STORM/face.png" in listed
    # Out of the library, out of the folder; and back.
    address = f"{PROJECTS}/{project}/assets/{style['id']}"
    await studio.owner.delete(address)
    await publish(publisher)
    assert not (folder / GENERATIVE / "Styles/NOIR").exists()
    await studio.owner.post(f"{address}/restore")
    await publish(publisher)
    assert files(folder)["Styles/NOIR/keywords.txt"] == b"dark\nwet\n"
    assert await publisher.publish_batch() == 0


async def test_assets_of_one_name_and_traded_names_have_their_own_folders(
    studio: Studio, publisher
) -> None:
    project = await studio.project()
    folder = await folder_of(studio, project)
    first = await make(studio.owner, project, "character", name="Tom", description="One.")
    second = await make(studio.owner, project, "character", name="tom", description="Two.")
    await publish(publisher)
    both = {
        "Characters/TOM/description.txt": b"One.\n",
        "Characters/TOM_2/description.txt": b"Two.\n",
    }
    assert files(folder) == both
    # The older one leaves its name, and the newer takes another that the older had: in whatever
    # order they are looked at, no folder swallows another.
    first = await change(studio.owner, first, name="Jan")
    second = await change(studio.owner, second, name="Kim")
    third = await make(studio.owner, project, "character", name="Tom", description="Three.")
    await publish(publisher)
    assert files(folder) == {
        "Characters/JAN/description.txt": b"One.\n",
        "Characters/KIM/description.txt": b"Two.\n",
        "Characters/TOM/description.txt": b"Three.\n",
    }
    await change(studio.owner, third, name="Ole")
    await change(studio.owner, first, name="Tom")
    await publish(publisher)
    assert files(folder) == {
        "Characters/KIM/description.txt": b"Two.\n",
        "Characters/OLE/description.txt": b"Three.\n",
        "Characters/TOM/description.txt": b"One.\n",
    }


async def test_each_persons_changes_are_a_commit_of_theirs(studio: Studio, publisher) -> None:
    project = await studio.project()
    folder = await folder_of(studio, project)
    token = await studio.token("Tom Lind")
    await studio.let_in(project, token)
    tom = await studio.client(token)
    await make(studio.owner, project, "prop", name="Lamp", description="Brass.")
    await make(tom, project, "prop", name="Rope", description="Wet.")
    await publish(publisher)
    authors = git(folder, "log", "-2", "--format=%an: %s").splitlines()
    assert "Tom Lind: Library: Rope" in authors
    assert len({line.split(":")[0] for line in authors}) == 2


async def test_paths_are_found_by_ids_and_only_by_those_who_may(studio: Studio, publisher) -> None:
    project = await studio.project()
    folder = await folder_of(studio, project)
    coat = await bring(studio.owner, project, picture((1, 2, 3)), "coat.png")
    await make(studio.owner, project, "character", name="Ina")
    ina = await make(studio.owner, project, "character", name="Ina", reference_images=[coat])
    await publish(publisher)
    me = await accounts.ensure_owner()
    owned, asset = UUID(project), UUID(ina["id"])
    place = folder / GENERATIVE / "Characters/INA_2"
    assert await assets.get_project_workspace_root(me, owned) == folder
    assert await assets.resolve_asset_path(me, owned, "character", asset) == place
    images = place / "reference_images"
    assert await assets.resolve_character_reference_path(me, owned, asset) == images
    found = await assets.list_asset_files(me, owned, "character", asset)
    assert found == ["asset.json", "reference_images/coat.png"]
    take = await assets.resolve_shot_render_path(me, owned, "01", "010", 1, 2)
    assert take == folder / "03_Renders/SCENE_01/SHOT_010/SHOT-010_v01_take02.mp4"
    source = await assets.resolve_asset_path(me, owned, "source_media", "a.mov")
    assert source == folder / "01_Assets/Source_Media/a.mov"
    for kind, wanted, code in (
        ("style", asset, "asset.not_found"),
        ("secret", "x", "project.bad_asset_type"),
        ("source_media", "../../x", "project.bad_name"),
    ):
        with pytest.raises(DirectorError) as refused:
            await assets.resolve_asset_path(me, owned, kind, wanted)
        assert refused.value.code == code
    stranger = await accounts.authenticate(await studio.token("Eve"))
    with pytest.raises(DirectorError) as refused:
        await assets.resolve_asset_path(stranger, owned, "character", asset)
    assert refused.value.code == "project.not_found"


async def test_a_browser_walks_through_the_files_by_ids(studio: Studio, publisher, brush) -> None:
    project = await studio.project()
    coat = await bring(studio.owner, project, picture((7, 2, 3)), "coat.png")
    ina = await make(studio.owner, project, "character", name="Ina", reference_images=[coat])
    await publish(publisher)
    node = await studio.shot(project)
    await studio.run_ends((await studio.generate(project, node))["run_id"])
    [take] = (await ok(await studio.owner.get(f"{PROJECTS}/{project}/takes")))["items"]
    (await folder_of(studio, project) / "06_Exports/escape").symlink_to("/etc")

    async def entries(folder: str, limit: int = 2) -> list[Json]:
        found: list[Json] = []
        cursor: Json = {}
        while True:
            answer = await studio.owner.get(
                f"{PROJECTS}/{project}/files",
                params={"folder": folder, "limit": limit, **cursor},
            )
            page = await ok(answer)
            assert str(studio.settings.home) not in answer.text
            assert len(page["items"]) <= limit
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            cursor = {"cursor": page["next_cursor"]}

    root = await entries("")
    assert [e["name"] for e in root if e["type"] == "folder"] == [
        "01_Assets", "02_Source_Creative", "03_Renders", "04_Project_Files", "05_Cache",
        "06_Exports",
    ]  # fmt: skip
    assert [e["name"] for e in root][-1] == "project.json"
    [character] = await entries(f"{GENERATIVE}/Characters")
    assert (character["name"], character["asset_id"]) == ("INA", ina["id"])
    images, record = await entries(character["path"])
    assert (record["name"], record["asset_id"]) == ("asset.json", ina["id"])
    [image] = await entries(images["path"])
    assert (image["kind"], image["asset_id"]) == ("image", ina["id"])
    bytes_of = await studio.owner.get(f"{PROJECTS}/{project}/media/{image['digest']}")
    assert len(bytes_of.content) == image["size"]
    scene = (await entries("03_Renders"))[0]
    shot = (await entries(scene["path"]))[0]
    files = await entries(shot["path"])
    [file] = [one for one in files if not one["name"].endswith(".take.json")]
    assert (file["take_id"], file["digest"]) == (take["id"], take["digest"])
    assert await entries("06_Exports") == []
    for folder, status in (("../..", 400), ("06_Exports/escape", 400), ("nowhere", 404),
                           ("/etc", 404), ("project.json", 404), (".git", 400)):  # fmt: skip
        answer = await studio.owner.get(f"{PROJECTS}/{project}/files", params={"folder": folder})
        assert answer.status_code == status, (folder, answer.text)
