"""Locks of files by `git lfs lock` and over the API: seen by all, held against others' pushes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repositories.cloning import api_token, clone_url, git, picture
from tests.studio import Studio

SEA = "01_Assets/Source_Media/sea.png"


@pytest.fixture
async def two(studio: Studio, host: str, tmp_path: Path) -> tuple[str, Path, Path]:
    """A project, and clones of its owner and of an editor, with a picture in it."""
    project = await studio.project()
    owner = await clone_url(
        studio.owner, project, host, await api_token(studio.owner, "edit", "read", "admin")
    )
    token = await studio.token("Edda Editor")
    await studio.let_in(project, token, "editor")
    editor = await studio.client(token)
    theirs = await clone_url(editor, project, host, await api_token(editor, "edit", "read"))
    await git(tmp_path, "clone", "--quiet", owner, "mine")
    mine = tmp_path / "mine"
    (mine / SEA).write_bytes(picture())
    await git(mine, "add", "--all")
    await git(mine, "commit", "--quiet", "-m", "The sea")
    await git(mine, "push", "--quiet", "origin", "HEAD")
    await git(tmp_path, "clone", "--quiet", theirs, "theirs")
    return project, mine, tmp_path / "theirs"


async def test_a_locked_file_is_pushed_by_its_holder_alone(studio, two) -> None:
    project, mine, theirs = two
    base = f"/api/v1/projects/{project}/file-locks"
    assert "Locked" in await git(mine, "lfs", "lock", SEA)
    (listed,) = (await studio.owner.get(base)).json()["items"]
    assert listed["path"] == SEA
    owner = (await studio.owner.get("/api/v1/auth/me")).json()["name"]
    seen = await git(theirs, "lfs", "locks")
    assert SEA in seen
    assert owner in seen
    assert owner in await git(theirs, "lfs", "lock", SEA, fails=True)
    (theirs / SEA).chmod(0o644)
    (theirs / SEA).write_bytes(picture())
    await git(theirs, "commit", "--quiet", "-a", "-m", "Another sea")
    assert "locked" in await git(theirs, "push", "origin", "HEAD", fails=True)
    # Not only because the client asks first.
    said = await git(theirs, "-c", "lfs.locksverify=false", "push", "origin", "HEAD", fails=True)
    assert f"remote: {owner} has locked '{SEA}'." in said
    (mine / SEA).write_bytes(picture())
    await git(mine, "commit", "--quiet", "-a", "-m", "My sea")
    await git(mine, "push", "--quiet", "origin", "HEAD")
    await git(mine, "lfs", "unlock", SEA)
    assert (await studio.owner.get(base)).json()["items"] == []


async def test_only_the_owner_takes_a_lock_away(studio, two) -> None:
    project, mine, theirs = two
    base = f"/api/v1/projects/{project}/file-locks"
    await git(theirs, "lfs", "lock", SEA)
    assert "Edda Editor" in await git(mine, "lfs", "unlock", SEA, fails=True)
    await git(mine, "lfs", "unlock", "--force", SEA)
    assert "Locked" in await git(mine, "lfs", "lock", SEA)
    await git(theirs, "lfs", "unlock", "--force", SEA, fails=True)
    (listed,) = (await studio.owner.get(base)).json()["items"]
    assert (await studio.owner.delete(f"{base}/{listed['id']}")).status_code == 204


@pytest.mark.parametrize(
    "path", ["../x", "/etc/passwd", "a/../b", "con.txt", "a\0b", "06_Exports/a"]
)
async def test_paths_that_are_none_of_a_project_are_refused(studio, path) -> None:
    project = await studio.project()
    answer = await studio.owner.post(f"/api/v1/projects/{project}/file-locks", json={"path": path})
    assert answer.status_code in (400, 409), answer.text
    assert answer.json()["code"].startswith(("push.", "request."))
