"""What people bring and no asset shows lies in the project's folder and is committed, for them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.execution import SourceMediaPublisher, asset_files, source_media
from tests.execution.test_asset_files import (
    PROJECTS,
    bring,
    change,
    files,
    folder_of,
    git,
    make,
    ok,
    picture,
    publish,
)
from tests.studio import Studio

FOLDER = "01_Assets/Source_Media"


@pytest.fixture
def sources(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> SourceMediaPublisher:
    """The studio's own, which waits for nobody; that of assets waits until it is told."""
    monkeypatch.setattr(asset_files, "TOGETHER_SECONDS", 3600)
    monkeypatch.setattr(source_media, "SETTLES_AFTER", timedelta(0))
    return studio.app.state.source_media


async def settle(studio: Studio, sources: SourceMediaPublisher) -> None:
    while await sources.publish_batch():
        continue
    await publish(studio.app.state.asset_files)


def in_git(folder: Path) -> set[str]:
    return set(git(folder, "ls-tree", "-r", "--name-only", "-z", "HEAD").split("\0"))


async def test_a_file_that_no_asset_shows_is_source_media(studio: Studio, sources) -> None:
    project = await studio.project()
    folder = await folder_of(studio, project)
    token = await studio.token("Tom Lind")
    await studio.let_in(project, token)
    tom = await studio.client(token)
    red, blue, green = (picture(colour) for colour in ((9, 0, 0), (0, 0, 9), (0, 9, 0)))
    sea = await bring(studio.owner, project, red, "sea.png")
    await bring(tom, project, blue, "Sea.png")
    face = await bring(studio.owner, project, green, "face.png")
    await make(studio.owner, project, "character", name="Ina", face_image=face)
    await settle(studio, sources)
    assert (folder / FOLDER / "sea.png").read_bytes() == red
    assert (folder / FOLDER / "Sea-2.png").read_bytes() == blue
    assert not (folder / FOLDER / "face.png").exists()
    assert "Characters/INA/face.png" in files(folder)
    assert {f"{FOLDER}/sea.png", f"{FOLDER}/Sea-2.png"} <= in_git(folder)
    pointer = git(folder, "cat-file", "blob", f"HEAD:{FOLDER}/sea.png")
    assert f"oid sha256:{sea['digest']}" in pointer
    authors = git(folder, "log", "-3", "--format=%an: %s").splitlines()
    assert "Tom Lind: Library: Sea.png" in authors
    assert git(folder, "status", "--porcelain", "--", FOLDER, "--untracked-files=all") == ""
    answer = await studio.owner.get(f"{PROJECTS}/{project}/files", params={"folder": FOLDER})
    told = {one["name"]: one["digest"] for one in (await ok(answer))["items"]}
    assert told["sea.png"] == sea["digest"]
    # A name that another program's file has is left to it.
    (folder / FOLDER / "wave.png").write_bytes(b"of another program")
    await bring(studio.owner, project, picture((7, 7, 7)), "wave.png")
    await settle(studio, sources)
    assert (folder / FOLDER / "wave.png").read_bytes() == b"of another program"
    assert (folder / FOLDER / "wave-2.png").is_file()


async def test_without_commits_by_itself_all_of_it_waits_for_somebodys(
    studio: Studio, sources
) -> None:
    project = await studio.project()
    folder = await folder_of(studio, project)
    await ok(await studio.owner.patch(f"{PROJECTS}/{project}", json={"auto_commit": False}))
    before = git(folder, "rev-parse", "HEAD")
    await bring(studio.owner, project, picture((5, 5, 5)), "fog.png")
    lamp = await make(studio.owner, project, "prop", name="Lamp", description="Brass.")
    await settle(studio, sources)
    lamp = await change(studio.owner, lamp, name="Lantern")
    await settle(studio, sources)
    assert files(folder) == {"Props/LANTERN/description.txt": b"Brass.\n"}
    assert (folder / FOLDER / "fog.png").is_file()
    assert git(folder, "rev-parse", "HEAD") == before
    body = {"message": "By hand"}
    answer = await studio.owner.post(f"{PROJECTS}/{project}/commits", json=body)
    assert answer.status_code == 200, answer.text
    generative = "01_Assets/Generative_Assets/Props"
    kept = {path for path in in_git(folder) if path.startswith(("01_Assets/Gen", FOLDER))}
    assert {f"{generative}/LANTERN/description.txt", f"{FOLDER}/fog.png"} <= kept
    assert f"{generative}/LAMP/description.txt" not in kept
    assert git(folder, "status", "--porcelain", "--untracked-files=all") == ""

    await change(studio.owner, lamp, description="Iron.")
    await settle(studio, sources)
    assert git(folder, "show", f"HEAD:{generative}/LANTERN/description.txt") == "Brass.\n"
    await ok(await studio.owner.patch(f"{PROJECTS}/{project}", json={"auto_commit": True}))
    await settle(studio, sources)
    assert git(folder, "show", f"HEAD:{generative}/LANTERN/description.txt") == "Iron.\n"
