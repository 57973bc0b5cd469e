"""Packing and pruning a repository: what anything reaches stays, and nothing else for ever."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import pytest
from director_git import upkeep
from director_git.objects import object_path
from director_git.repository import GitVersionControl

from node_registry import Author, MediaFile, TextFile

INA = Author("Ina Berg", "ina@example.org")
KEEP = timedelta(days=7)
LONG_AGO = 30 * 86_400
vcs = GitVersionControl()


def git(folder: Path, *arguments: str, feed: str = "", check: bool = True) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=Eva", "-c", "user.email=eva@example.org", *arguments],
        cwd=folder, capture_output=True, text=True, check=False, input=feed,
    )  # fmt: skip
    assert done.returncode == 0 or not check, done.stderr
    return done.stdout.strip()


def has(folder: Path, identity: str) -> bool:
    return git(folder, "cat-file", "-t", identity, check=False) != ""


def age(folder: Path) -> None:
    """Let everything in the repository be old, and each branch deleted long ago."""
    then = time.time() - LONG_AGO
    for path in (folder / ".git" / "objects").rglob("*"):
        os.utime(path, (then, then))
    for ref in git(folder, "for-each-ref", "--format=%(refname)", upkeep.DELETED).split():
        tip = git(folder, "rev-parse", ref)
        git(folder, "update-ref", f"{upkeep.DELETED}{int(then)}-{ref.rpartition('-')[2]}", tip)
        git(folder, "update-ref", "-d", ref)


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "film"
    folder.mkdir()
    await vcs.create(folder, INA, [TextFile("project.json", "{}\n")])
    return folder


async def test_many_loose_objects_become_a_pack_and_all_of_them_stay(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await vcs.tidy(folder, keep=KEEP) is None, "there is nothing to gain"
    monkeypatch.setattr(upkeep, "LOOSE", 10)
    for number in range(6):
        await vcs.commit(folder, INA, f"Step {number}", [TextFile("a.txt", f"{number}\n")])
    everything = git(folder, "rev-list", "--all", "--objects")
    assert await vcs.tidy(folder, keep=KEEP) is not None
    assert "packs: 1" in git(folder, "count-objects", "-v")
    assert git(folder, "rev-list", "--all", "--objects") == everything
    assert git(folder, "fsck", "--strict", "--full") == ""
    assert git(folder, "status", "--porcelain") == ""
    assert len(await vcs.history(folder)) == 7
    assert await vcs.tidy(folder, keep=KEEP) is None


async def test_what_a_branch_a_tag_or_the_index_reaches_is_never_removed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "LOOSE", 0)
    (start,) = await vcs.history(folder)
    await vcs.create_branch(folder, "night", start.id)
    git(folder, "checkout", "-q", "night")
    (folder / "night.txt").write_text("on a branch")
    git(folder, "add", "night.txt")
    git(folder, "commit", "-q", "-m", "On a branch")
    branch = git(folder, "rev-parse", "HEAD")
    git(folder, "checkout", "-q", "main")
    tagged = git(folder, "commit-tree", "-m", "tagged", "HEAD^{tree}")
    git(folder, "tag", "seen", tagged)
    (folder / "staged.txt").write_text("in the index alone")
    git(folder, "add", "staged.txt")
    staged = git(folder, "rev-parse", ":staged.txt")
    loose = git(folder, "hash-object", "-w", "--stdin", feed="of nobody")
    age(folder)
    young = git(folder, "hash-object", "-w", "--stdin", feed="just written")
    await vcs.tidy(folder, keep=KEEP)
    assert [has(folder, one) for one in (branch, tagged, staged, young)] == [True] * 4
    assert not has(folder, loose)
    assert git(folder, "status", "--porcelain") == "A  staged.txt"


async def test_a_deleted_branch_and_its_media_stay_for_a_while(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"a lamp at night"
    source = tmp_path / "lamp"
    source.write_bytes(content)
    media = MediaFile("a.mp4", hashlib.sha256(content).hexdigest(), len(content), source)
    (start,) = await vcs.history(folder)
    await vcs.create_branch(folder, "night", start.id)
    git(folder, "symbolic-ref", "HEAD", "refs/heads/night")
    commit = await vcs.commit(folder, INA, "Media", [media])
    git(folder, "symbolic-ref", "HEAD", "refs/heads/main")
    git(folder, "reset", "-q", "--hard")
    git(folder, "reflog", "expire", "--expire=now", "--all")
    assert commit is not None
    await vcs.delete_branch(folder, "night")
    assert [branch.name for branch in await vcs.branches(folder)] == ["main"]
    monkeypatch.setattr(upkeep, "LOOSE", 0)
    await vcs.tidy(folder, keep=KEEP)
    assert has(folder, commit.id)
    assert media.digest in await vcs.media_digests(folder)
    assert object_path(folder, media.digest).is_file()
    age(folder)
    # This name of the bytes is still new: somebody may have fetched it a moment ago.
    await vcs.tidy(folder, keep=KEEP)
    assert not has(folder, commit.id)
    assert media.digest not in await vcs.media_digests(folder)
    assert object_path(folder, media.digest).is_file()
    await vcs.tidy(folder, keep=timedelta(0))
    assert not object_path(folder, media.digest).exists()
    assert source.read_bytes() == content


async def test_commits_wait_for_it_and_are_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "LOOSE", 0)
    text = "a text that was there once\n"
    lost = git(folder, "hash-object", "-w", "--stdin", feed=text)
    git(folder, "repack", "-a", "-d", "-q")
    age(folder)
    tidied, commit = await asyncio.gather(
        vcs.tidy(folder, keep=KEEP), vcs.commit(folder, INA, "Again", [TextFile("a.txt", text)])
    )
    assert tidied is not None
    assert commit is not None
    assert has(folder, lost)
    assert git(folder, "fsck", "--full") == ""
