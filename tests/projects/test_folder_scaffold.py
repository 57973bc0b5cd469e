"""The folder of a project: whole with one commit, or not there; and the same after a clone."""

from __future__ import annotations

import asyncio
import fnmatch
import json
import os
import subprocess
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from director_git.repository import GitVersionControl

from app.projects.manifest import (
    FilmSettings,
    ProjectManifest,
    is_media,
    manifest_text,
    read_manifest,
)
from app.projects.scaffold import (
    IGNORED,
    LEAVES,
    LIBRARY,
    NUMBERED,
    create_folder,
    is_project,
    open_folder,
    remove_folder,
)
from app.projects.structure import Entry, structure
from node_registry import Author, Change, Commit, DirectorError, TextFile

INA = Author("Ina Berg", "ina@example.org")
BORN = datetime(2026, 3, 1, 9, 30, 15, 999, tzinfo=UTC)


def manifest(title: str = "The Lighthouse") -> ProjectManifest:
    return ProjectManifest(uuid="0199-u", title=title, created_at=BORN, modified_at=BORN)


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


class FailingGit(GitVersionControl):
    """Makes the repository, and fails at the very end."""

    async def create(self, folder: Path, author: Author, changes: Sequence[Change]) -> Commit:
        await super().create(folder, author, changes)
        raise DirectorError("vcs.failed", "The disk went away.")


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    name = await create_folder(tmp_path, manifest(), GitVersionControl(), INA)
    return tmp_path / "Projects" / name


async def test_a_new_project_is_as_the_page_says_and_quick(tmp_path: Path):
    begun = time.perf_counter()
    name = await create_folder(tmp_path, manifest(), GitVersionControl(), INA)
    assert time.perf_counter() - begun < 3
    folder = tmp_path / "Projects" / name
    assert name == "the-lighthouse"
    assert len(LEAVES) == 14
    assert all((folder / leaf).is_dir() for leaf in LEAVES)
    assert sorted(p.name for p in folder.iterdir() if not p.name.startswith(".")) == [
        *NUMBERED, "project.json",
    ]  # fmt: skip
    assert sorted(p.name for p in (tmp_path / "Library").iterdir()) == sorted(LIBRARY)
    assert is_project(folder)
    assert git(folder, "status", "--porcelain", "--ignored") == ""
    assert git(folder, "rev-list", "--count", "HEAD") == "1\n"
    assert os.listdir(tmp_path / "Projects") == [name]


async def test_project_json_and_the_canvas(folder: Path):
    said = json.loads((folder / "project.json").read_text())
    assert said == {
        "uuid": "0199-u", "title": "The Lighthouse", "description": "",
        "created_at": "2026-03-01T09:30:15Z", "modified_at": "2026-03-01T09:30:15Z",
        "version": "1.0.0", "quality": "standard",
        "settings": {"aspect_ratio": "16:9", "resolution": "1920x1080", "frame_rate": 24},
        "canvas_path": "02_Source_Creative/Canvases/main_canvas.json", "metadata": {},
    }  # fmt: skip
    canvas = json.loads((folder / said["canvas_path"]).read_text())
    assert canvas == {
        "version": "1.0", "nodes": [], "edges": [], "viewport": {"x": 0, "y": 0, "zoom": 1},
    }  # fmt: skip
    assert read_manifest((folder / "project.json").read_bytes()).title == "The Lighthouse"


async def test_no_path_of_this_machine_is_written(folder: Path, tmp_path: Path):
    for path in folder.rglob("*"):
        if path.is_file():
            assert str(tmp_path).encode() not in path.read_bytes(), path


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"{}", b"\xff", b'{"uuid": 7}'])
def test_a_broken_manifest_is_named(text: bytes):
    with pytest.raises(DirectorError) as caught:
        read_manifest(text)
    assert caught.value.code == "project.bad_manifest"


def test_a_manifest_keeps_its_fields():
    kept = manifest('Küste "1"\n海')
    assert read_manifest(manifest_text(kept)).title == kept.title


async def test_what_git_keeps_and_what_it_does_not(folder: Path):
    tracked = git(folder, "ls-files").splitlines()
    assert len(tracked) == 15
    assert sum(name.endswith("/.gitkeep") for name in tracked) == len(LEAVES) - len(IGNORED)
    media = ["a.mp4", "A.Mp4", "x.PNG", "y.safetensors", "z.AEP", "w.hdr", "v.GGUF", "u.m4a"]
    printed = git(folder, "check-attr", "filter", "--", *media)
    assert printed.count("filter: lfs") == len(media)
    assert all(is_media(name) for name in media)
    texts = ["a.json", "b.EDL", "c.fountain", "d.otio"]
    assert git(folder, "check-attr", "text", "--", *texts).count("text: set") == len(texts)
    assert not any(is_media(name) for name in [*texts, "mp4", "project.json"])
    ignored = ["05_Cache/thumbnails/a.png", "06_Exports/film.mp4", "a.tmp", ".DS_Store", ".env"]
    assert git(folder, "check-ignore", "--", *ignored).splitlines() == ignored
    lines = (folder / ".gitattributes").read_text().splitlines()
    assert len(lines) == 46
    assert any(fnmatch.fnmatchcase("TAKE.mP4", line.split()[0]) for line in lines)


async def test_projects_of_one_title_get_names_of_their_own(tmp_path: Path):
    vcs = GitVersionControl()
    (tmp_path / "Projects" / "the-lighthouse-3").mkdir(parents=True)
    names = await asyncio.gather(*(create_folder(tmp_path, manifest(), vcs, INA) for _ in range(4)))
    assert sorted(names) == [
        "the-lighthouse", "the-lighthouse-2", "the-lighthouse-4", "the-lighthouse-5",
    ]  # fmt: skip
    for name in names:
        assert git(tmp_path / "Projects" / name, "rev-list", "--count", "HEAD") == "1\n"
    assert os.listdir(tmp_path / "Projects" / "the-lighthouse-3") == []


async def test_a_failure_leaves_nothing(tmp_path: Path):
    with pytest.raises(DirectorError, match="The disk went away"):
        await create_folder(tmp_path, manifest(), FailingGit(), INA)
    assert os.listdir(tmp_path / "Projects") == []

    async def evil(_folder: Path) -> list[Change]:
        return [TextFile("../outside.txt", "x")]

    with pytest.raises(DirectorError, match=r"vcs\.bad_path"):
        await create_folder(tmp_path, manifest(), GitVersionControl(), INA, evil)
    assert os.listdir(tmp_path / "Projects") == []
    (tmp_path / "flat").write_text("")
    with pytest.raises(DirectorError) as caught:
        await create_folder(tmp_path / "flat", manifest(), GitVersionControl(), INA)
    assert caught.value.code == "project.disk"
    assert str(tmp_path) not in str(caught.value)


async def test_a_creation_that_is_cancelled_leaves_nothing(tmp_path: Path):
    cancelled = 0
    for delay in (0.0, 0.01, 0.02, 0.03):
        task = asyncio.create_task(create_folder(tmp_path, manifest(), GitVersionControl(), INA))
        await asyncio.sleep(delay)
        task.cancel()
        (result,) = await asyncio.gather(task, return_exceptions=True)
        projects = tmp_path / "Projects"
        if isinstance(result, str):
            # It was quicker than the cancellation: then all of it is there.
            assert is_project(projects / result)
            await remove_folder(tmp_path, result)
        else:
            assert isinstance(result, asyncio.CancelledError)
            cancelled += 1
        assert not projects.exists() or os.listdir(projects) == []
    assert cancelled, "No creation was cancelled in time."


async def test_a_clone_is_a_project_again(folder: Path, tmp_path: Path):
    git(tmp_path, "clone", "-q", str(folder), "clone")
    clone = tmp_path / "clone"
    assert not is_project(clone)
    open_folder(clone)
    assert is_project(clone)
    assert all((clone / leaf).is_dir() for leaf in LEAVES)
    with pytest.raises(DirectorError) as caught:
        open_folder(tmp_path / "Library")
    assert caught.value.code == "project.not_a_project"
    with pytest.raises(DirectorError):
        open_folder(tmp_path / "nowhere")


async def test_removal(folder: Path, tmp_path: Path):
    await remove_folder(tmp_path, folder.name)
    await remove_folder(tmp_path, folder.name)
    assert os.listdir(tmp_path / "Projects") == []
    with pytest.raises(DirectorError, match=r"project\.bad_name"):
        await remove_folder(tmp_path, "../Library")
    assert (tmp_path / "Library").is_dir()


def paths_in(entry: Entry) -> list[str]:
    return [entry.path, *(path for child in entry.children or () for path in paths_in(child))]


async def test_the_structure_shows_names_and_nothing_hidden(folder: Path, tmp_path: Path):
    (folder / "03_Renders" / "SCENE_01").mkdir()
    (folder / "03_Renders" / "SCENE_01" / "a.mp4").write_bytes(b"12345")
    (folder / "03_Renders" / "link").symlink_to(tmp_path)
    tree = structure(folder)
    paths = paths_in(tree)
    assert "03_Renders/SCENE_01/a.mp4" in paths
    assert not any(".git/" in path or "link" in path or ".gitkeep" in path for path in paths)
    assert set(LEAVES) < set(paths)
    assert not any(path.startswith("/") for path in paths)
    top = [child.name for child in tree.children or ()]
    assert top == [".gitattributes", ".gitignore", *NUMBERED, "project.json"]


async def test_the_structure_is_bounded(folder: Path):
    for number in range(50):
        (folder / "03_Renders" / f"{number:02}.txt").write_text("")
    deep = folder / "01_Assets"
    for number in range(30):
        deep = deep / f"d{number}"
        deep.mkdir()
    tree = structure(folder, most=40)
    assert len(paths_in(tree)) == 41
    renders = next(child for child in tree.children or () if child.name == "03_Renders")
    assert renders.truncated
    assert max(path.count("/") for path in paths_in(structure(folder))) < 13


@pytest.mark.parametrize(
    "resolution", ["", "1920", "1920x", "x1080", "0x0", "1921x1080", "99999x2", "²x²", "-2x64"]
)
def test_a_resolution_that_is_none_is_refused(resolution: str):
    kept = msgspec.structs.replace(manifest(), settings=FilmSettings(resolution=resolution))
    with pytest.raises(DirectorError) as caught:
        read_manifest(manifest_text(kept))
    assert caught.value.code == "project.bad_format"


def test_settings_as_backends_get_them():
    picture = FilmSettings(resolution="1280X720", frame_rate="24000/1001").render_settings()
    assert (picture.width, picture.height, picture.rate) == (1280, 720, "24000/1001")
