"""Committing: exactly the given changes, as pointers where they are media, whatever lies around."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from director_git.objects import object_path
from director_git.repository import GitVersionControl

from node_registry import Author, DirectorError, MediaFile, Removal, TextFile

INA = Author("Ina Berg", "ina@example.org")
TOM = Author("Tom", "tom@example.org")
ATTRIBUTES = TextFile(
    ".gitattributes", "*.[mM][pP]4 filter=lfs diff=lfs merge=lfs -text\n*.edl text\n"
)
vcs = GitVersionControl()


def take(path: str, content: bytes) -> MediaFile:
    return MediaFile(path, hashlib.sha256(content).hexdigest(), len(content))


def stored_take(root: Path, path: str, content: bytes) -> tuple[MediaFile, Path]:
    """A take whose bytes lie in a storage beside the project, and where."""
    media = take(path, content)
    stored = root / media.digest
    stored.write_bytes(content)
    stored.chmod(0o444)
    return msgspec.structs.replace(media, source=stored), stored


def git(folder: Path, *arguments: str, check: bool = True) -> str:
    # What a person sees: their own git, with the repository's own configuration.
    done = subprocess.run(
        ["git", "-c", "user.name=Eva", "-c", "user.email=eva@example.org", *arguments],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0 or not check, done.stderr
    return done.stdout


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "film"
    folder.mkdir()
    await vcs.create(folder, INA, [ATTRIBUTES, TextFile("project.json", "{}\n")])
    return folder


async def refusal(code: str, folder: Path, *changes: TextFile | MediaFile | Removal) -> str:
    with pytest.raises(DirectorError) as caught:
        await vcs.commit(folder, INA, "x", changes)
    assert caught.value.code == code, caught.value
    assert str(folder) not in str(caught.value)
    assert caught.value.hint
    return str(caught.value)


async def test_a_new_repository_has_one_commit_and_is_clean(folder: Path):
    (commit,) = await vcs.history(folder)
    assert commit.files == (".gitattributes", "project.json")
    assert commit.author == INA
    assert datetime.now(UTC) - commit.at < timedelta(minutes=1)
    assert git(folder, "status", "--porcelain") == ""
    assert git(folder, "branch", "--show-current") == "main\n"
    assert git(folder, "fsck", "--strict") == ""
    assert str(folder) not in (folder / ".git" / "config").read_text()


async def test_media_is_a_pointer_byte_for_byte(folder: Path):
    content = b"the bytes of a take"
    changes = [take("03_Renders/A.mp4", content), take("03_Renders/none.mp4", b"")]
    commit = await vcs.commit(folder, INA, "Takes", changes)
    assert commit is not None
    shown = git(folder, "show", "HEAD:03_Renders/A.mp4")
    assert shown == (
        "version https://git-lfs.github.com/spec/v1\n"
        f"oid sha256:{hashlib.sha256(content).hexdigest()}\n"
        f"size {len(content)}\n"
    )
    assert git(folder, "show", "HEAD:03_Renders/none.mp4") == ""
    assert not (folder / "03_Renders" / "A.mp4").exists()


async def test_a_stock_git_lfs_reads_the_pointers(folder: Path):
    content = b"the bytes of a take"
    media, stored = stored_take(folder.parent, "03_Renders/A.mp4", content)
    digest = media.digest
    await vcs.commit(folder, INA, "Takes", [media])
    assert object_path(folder, digest).samefile(stored)
    if shutil.which("git-lfs"):
        assert git(folder, "lfs", "ls-files", "--long").split()[0] == digest
        assert "OK" in git(folder, "lfs", "fsck", "--pointers")
        assert "OK" in git(folder, "lfs", "fsck", "--objects")
        git(folder, "lfs", "checkout")
        assert (folder / "03_Renders" / "A.mp4").read_bytes() == content
        assert git(folder, "status", "--porcelain") == ""
    assert git(folder, "cat-file", "blob", "HEAD:03_Renders/A.mp4").count("\n") == 3


async def test_bytes_are_kept_once_and_copied_where_they_cannot_be_linked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    media, stored = stored_take(folder.parent, "a.mp4", b"one")
    await vcs.commit(folder, INA, "One", [media])
    before = object_path(folder, media.digest).stat()
    await vcs.commit(folder, INA, "Again", [msgspec.structs.replace(media, path="b.mp4")])
    assert object_path(folder, media.digest).stat() == before

    def across(source: Path, target: Path) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", across)
    other, stored = stored_take(folder.parent, "c.mp4", b"two")
    await vcs.commit(folder, INA, "Two", [other])
    kept = object_path(folder, other.digest)
    assert kept.read_bytes() == b"two"
    assert not kept.samefile(stored)
    assert kept.stat().st_mode & 0o222 == 0
    assert [path.name for path in kept.parent.iterdir()] == [other.digest]


async def test_bytes_that_are_gone_or_would_leave_the_repository_are_refused(
    folder: Path, tmp_path: Path
):
    media, stored = stored_take(folder.parent, "a.mp4", b"one")
    stored.unlink()
    await refusal("vcs.no_bytes", folder, media)
    media, stored = stored_take(folder.parent, "a.mp4", b"one")
    outside = tmp_path / "outside"
    outside.mkdir()
    shutil.rmtree(folder / ".git" / "lfs", ignore_errors=True)
    (folder / ".git" / "lfs").symlink_to(outside)
    await refusal("vcs.failed", folder, media)
    assert list(outside.iterdir()) == []
    assert len(await vcs.history(folder)) == 1


async def test_status_is_clean_and_reads_no_media_when_it_lies_in_the_folder(folder: Path):
    content = b"frames" * 1000
    place = folder / "03_Renders" / "A.mp4"
    place.parent.mkdir()
    place.write_bytes(content)
    old = time.time() - 60
    os.utime(place, (old, old))
    await vcs.commit(folder, INA, "Take", [take("03_Renders/A.mp4", content)])
    # A filter that fails shows that git did not have to look into the file.
    quiet = ("-c", "filter.lfs.process=", "-c", "filter.lfs.clean=false")
    assert git(folder, *quiet, "status", "--porcelain") == ""
    assert git(folder, "fsck") == ""


async def test_a_person_cannot_add_media_as_a_whole_without_git_lfs(folder: Path):
    (folder / "huge.MP4").write_bytes(b"whole")
    git(folder, "-c", "filter.lfs.process=", "-c", "filter.lfs.clean=false", "add", "huge.MP4",
        check=False)  # fmt: skip
    assert "huge.MP4" not in git(folder, "ls-files")


async def test_nothing_else_is_committed(folder: Path):
    (folder / "stray.txt").write_text("not mine")
    (folder / "staged.txt").write_text("somebody's")
    git(folder, "add", "staged.txt")
    (folder / "project.json").write_text("edited by hand\n")
    commit = await vcs.commit(folder, INA, "Mine", [TextFile("mine.txt", "mine\n")])
    assert commit is not None
    assert commit.files == ("mine.txt",)
    assert git(folder, "show", "--name-only", "--format=", "HEAD") == "mine.txt\n"
    assert git(folder, "status", "--porcelain") == (
        " M project.json\nA  staged.txt\n?? stray.txt\n"
    )


async def test_nothing_new_is_no_commit(folder: Path):
    changes = [TextFile("a/b.txt", "x"), take("c.mp4", b"c")]
    assert await vcs.commit(folder, INA, "One", changes) is not None
    assert await vcs.commit(folder, TOM, "Two", changes) is None
    assert await vcs.commit(folder, TOM, "Three", [Removal("never.txt")]) is None
    assert await vcs.commit(folder, TOM, "Four", []) is None
    (folder / "a" / "b.txt").write_text("changed by hand")
    assert await vcs.commit(folder, INA, "Five", changes) is None
    assert (folder / "a" / "b.txt").read_text() == "x"


async def test_only_what_differs_is_in_a_commit(folder: Path):
    await vcs.commit(folder, INA, "One", [TextFile("a.txt", "1"), TextFile("b.txt", "1")])
    commit = await vcs.commit(folder, INA, "Two", [TextFile("a.txt", "1"), TextFile("b.txt", "2")])
    assert commit is not None
    assert commit.files == ("b.txt",)


async def test_removal(folder: Path):
    await vcs.commit(folder, INA, "One", [TextFile("a/b.txt", "1"), take("c.mp4", b"c")])
    commit = await vcs.commit(folder, INA, "Two", [Removal("a/b.txt"), Removal("c.mp4")])
    assert commit is not None
    assert commit.files == ("a/b.txt", "c.mp4")
    assert not (folder / "a" / "b.txt").exists()
    assert git(folder, "ls-files") == ".gitattributes\nproject.json\n"
    commit = await vcs.commit(folder, INA, "Three", [TextFile("a/b.txt", "1")])
    assert commit is not None
    await vcs.commit(folder, INA, "A file where a folder was", [Removal("a/b.txt")])
    (folder / "a").rmdir()
    assert await vcs.commit(folder, INA, "Four", [TextFile("a", "now a file")]) is not None
    assert git(folder, "status", "--porcelain") == ""


async def test_authors_and_messages_cannot_break_out(folder: Path):
    evil = Author("Eve <x>\nauthor Mallory <m@m> 1 +0000", "e@x>\n\0")
    message = "-m --amend\n\ndata 5\nM 100644 inline evil\n/0123\n日本\0"
    commit = await vcs.commit(folder, evil, message, [TextFile("a.txt", "data 3\nfrom HEAD^\n")])
    assert commit is not None
    newest = (await vcs.history(folder))[0]
    assert newest == commit
    assert newest.author.name == "Eve xauthor Mallory m@m 1 +0000"
    assert "\n" not in newest.author.email
    assert newest.message == message.replace("\0", "")
    assert newest.files == ("a.txt",)
    nobody = await vcs.commit(folder, Author("", ""), "", [TextFile("b.txt", "b")])
    assert nobody is not None
    assert (await vcs.history(folder))[0].author == Author("Unknown", "")


async def test_paths_with_odd_but_honest_names(folder: Path):
    names = ['a "quoted" name.txt', "Küste/海.txt", "-rf", " leading", "a\u00a0b.txt", "#x", ":x"]
    commit = await vcs.commit(folder, INA, "Odd", [TextFile(name, name) for name in names])
    assert commit is not None
    assert set(commit.files) == set(names)
    assert (await vcs.history(folder))[0].files == commit.files
    assert git(folder, "status", "--porcelain") == ""


@pytest.mark.parametrize("path", [
    "", "/etc/passwd", "../out.txt", "a/../../out.txt", "a/./b", "a//b", "a\0b", "a\nb", "a\\b",
    "C:/x", ".git/config", "a/.GIT/hooks/post-commit", ".git./config", ".git /x", "GIT~1/config",
    ".g\u200cit/config", ".git:x/y", ".gitmodules", "sub/.lfsconfig", "x" * 256, "a/" * 600 + "b",
    "\ud800",
])  # fmt: skip
async def test_hostile_paths(folder: Path, path: str):
    before = git(folder, "rev-parse", "HEAD")
    for change in (TextFile(path, "x"), take(path, b"x"), Removal(path)):
        await refusal("vcs.bad_path", folder, change)
    assert git(folder, "rev-parse", "HEAD") == before
    assert not (folder.parent / "out.txt").exists()


async def test_symbolic_links_are_no_way_out(folder: Path, tmp_path: Path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious.txt").write_text("precious")
    (folder / "link").symlink_to(outside)
    (folder / "file-link.txt").symlink_to(outside / "precious.txt")
    for path in ("link/new.txt", "link/precious.txt", "file-link.txt"):
        await refusal("vcs.bad_path", folder, TextFile(path, "overwritten"))
        await refusal("vcs.bad_path", folder, Removal(path))
    assert os.listdir(outside) == ["precious.txt"]
    assert (outside / "precious.txt").read_text() == "precious"


async def test_a_name_is_a_file_or_a_folder(folder: Path):
    await refusal("vcs.bad_path", folder, TextFile("a", "x"), TextFile("a/b", "x"))
    await vcs.commit(folder, INA, "One", [TextFile("d/e.txt", "x")])
    shutil.rmtree(folder / "d")
    await refusal("vcs.bad_path", folder, TextFile("d", "x"))
    await refusal("vcs.bad_path", folder, Removal("d"))


@pytest.mark.parametrize("digest", ["", "0" * 63, "G" * 64, "A" * 64, "0" * 64 + "\n"])
async def test_a_digest_is_checked(folder: Path, digest: str):
    await refusal("vcs.bad_media", folder, MediaFile("a.mp4", digest, 3))
    await refusal("vcs.bad_media", folder, MediaFile("a.mp4", "0" * 64, -1))


async def test_line_ends_of_text_do_not_look_changed(folder: Path):
    edl = "TITLE: FILM\r\nFCM: NON-DROP FRAME\r\n"
    await vcs.commit(folder, INA, "EDL", [TextFile("film.edl", edl), TextFile("raw.dat", "a\r\n")])
    assert (folder / "film.edl").read_bytes() == edl.encode()
    assert git(folder, "show", "HEAD:raw.dat").encode() in (b"a\r\n", b"a\n")
    assert git(folder, "status", "--porcelain") == ""
    assert await vcs.commit(folder, INA, "EDL", [TextFile("film.edl", edl)]) is None


async def test_many_commits_at_once_are_all_kept(folder: Path):
    await asyncio.gather(
        *(vcs.commit(folder, INA, f"{n}", [TextFile(f"{n}.txt", f"{n}")]) for n in range(12))
    )
    other = GitVersionControl()
    await asyncio.gather(
        *(each.commit(folder, TOM, "x", [TextFile(f"{n}-{each is vcs}", "x")])
          for n in range(4) for each in (vcs, other))
    )  # fmt: skip
    assert len(await vcs.history(folder)) == 21
    assert git(folder, "status", "--porcelain") == ""
    assert git(folder, "fsck") == ""


async def test_a_commit_by_hand_in_between_is_kept(folder: Path):
    (folder / "hand.txt").write_text("by hand")
    git(folder, "add", "hand.txt")
    git(folder, "commit", "-qm", "By hand")
    await vcs.commit(folder, INA, "Studio", [TextFile("a.txt", "a")])
    assert [c.message for c in await vcs.history(folder)] == [
        "Studio", "By hand", "Create the project",
    ]  # fmt: skip
    git(folder, "switch", "-qc", "other")
    await vcs.commit(folder, INA, "On the branch", [TextFile("b.txt", "b")])
    assert git(folder, "log", "-1", "--format=%s", "main") == "Studio\n"
    git(folder, "switch", "-q", "--detach")
    await refusal("vcs.detached", folder, TextFile("c.txt", "c"))


async def test_a_thousand_files_are_quick(folder: Path):
    changes = [TextFile(f"t/{n % 40}/{n}.txt", f"{n}") for n in range(500)]
    changes += [take(f"03_Renders/{n}.mp4", b"%d" % n) for n in range(500)]
    begun = time.perf_counter()
    commit = await vcs.commit(folder, INA, "Many", changes)
    assert time.perf_counter() - begun < 3
    assert commit is not None
    assert len(commit.files) == 1000
    assert git(folder, "fsck") == ""


async def test_history_comes_in_pages(folder: Path):
    for number in range(7):
        await vcs.commit(folder, INA, f"{number}", [TextFile("a.txt", f"{number}")])
    whole = await vcs.history(folder)
    assert [commit.message for commit in whole][:3] == ["6", "5", "4"]
    pages = []
    before = None
    while page := await vcs.history(folder, limit=3, before=before):
        pages += page
        before = page[-1].id
    assert pages == whole
    assert await vcs.history(folder, limit=0) == []
    for wrong in ("HEAD", "--all", "0" * 40, "", "x" * 40):
        with pytest.raises(DirectorError) as caught:
            await vcs.history(folder, before=wrong)
        assert caught.value.code == "vcs.unknown_commit"


async def test_history_of_merges_shows_what_they_brought(folder: Path):
    git(folder, "switch", "-qc", "side")
    await vcs.commit(folder, TOM, "Side", [TextFile("side.txt", "x")])
    git(folder, "switch", "-q", "main")
    await vcs.commit(folder, INA, "Main", [TextFile("main.txt", "x")])
    git(folder, "merge", "-q", "--no-edit", "side")
    whole = await vcs.history(folder)
    assert len(whole) == 4
    assert whole[0].files == ("side.txt",)
    page = await vcs.history(folder, limit=1, before=whole[0].id)
    assert page == whole[1:2]
