"""What goes wrong with repositories: locks of the dead, damage, no git, hostile configuration."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest
from director_git import locks, repository
from director_git.repository import GitVersionControl

from node_registry import Author, DirectorError, TextFile

INA = Author("Ina Berg", "ina@example.org")
vcs = GitVersionControl()


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "film"
    folder.mkdir()
    await vcs.create(folder, INA, [TextFile("project.json", "{}\n")])
    return folder


def start(arguments: list[str], **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, **options)


def run(arguments: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, capture_output=True, text=True, check=False, **options)


async def refusal(folder: Path, name: str = "a.txt") -> DirectorError:
    with pytest.raises(DirectorError) as caught:
        await vcs.commit(folder, INA, "x", [TextFile(name, "x")])
    assert str(folder) not in str(caught.value)
    assert caught.value.hint
    return caught.value


async def test_no_git_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(folder))
    error = await refusal(folder)
    assert error.code == "vcs.no_git"
    assert "apt-get install git" in error.hint


async def test_no_git_while_creating_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "film").mkdir()
    with pytest.raises(DirectorError):
        await vcs.create(tmp_path / "film", INA, [TextFile("a", "x")])
    assert not (tmp_path / "film" / ".git").exists()


async def test_a_folder_that_is_no_repository(tmp_path: Path, folder: Path):
    plain = folder / "inner"
    plain.mkdir()
    for place in (plain, tmp_path / "missing"):
        assert (await refusal(place)).code == "vcs.not_a_repository"
        with pytest.raises(DirectorError) as caught:
            await vcs.history(place)
        assert caught.value.code == "vcs.not_a_repository"
    (plain / ".git").symlink_to(folder / ".git")
    assert (await refusal(plain)).code == "vcs.not_a_repository"
    with pytest.raises(DirectorError) as caught:
        await vcs.create(folder, INA, [])
    assert caught.value.code == "vcs.exists"
    assert len(await vcs.history(folder)) == 1


async def test_damage_is_named(folder: Path):
    for path in sorted((folder / ".git" / "objects").rglob("*")):
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(b"garbage")
    error = await refusal(folder)
    assert error.code == "vcs.corrupt"
    assert "git fsck" in error.hint


async def test_a_broken_branch_does_not_begin_a_new_history(folder: Path):
    (folder / ".git" / "refs" / "heads" / "main").write_text("0123\n")
    assert (await refusal(folder)).code == "vcs.corrupt"


async def test_a_damaged_index_is_named(folder: Path):
    (folder / ".git" / "index").write_bytes(b"DIRC garbage")
    assert (await refusal(folder)).code == "vcs.corrupt"
    assert len(await vcs.history(folder)) == 1


async def test_a_lock_that_somebody_holds_is_waited_for(folder: Path):
    lock = folder / ".git" / "index.lock"
    lock.write_bytes(b"")

    async def finish():
        await asyncio.sleep(0.3)
        lock.unlink()

    task = asyncio.create_task(finish())
    assert await vcs.commit(folder, INA, "x", [TextFile("a.txt", "x")]) is not None
    await task


async def test_a_lock_that_stays_is_not_taken_away(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(locks, "PATIENCE", 0.2)
    lock = folder / ".git" / "index.lock"
    lock.write_bytes(b"somebody's")
    error = await refusal(folder)
    assert (error.code, error.status) == ("vcs.locked", 409)
    assert lock.read_bytes() == b"somebody's"
    assert len(await vcs.history(folder)) == 1


async def test_an_old_lock_of_nobody_is_removed(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(locks, "PATIENCE", 0.2)
    lock = folder / ".git" / "index.lock"
    lock.write_bytes(b"")
    hour = time.time() - 3600
    os.utime(lock, (hour, hour))
    editor = start(["git", "cat-file", "--batch-check"], cwd=folder, stdin=subprocess.PIPE)
    assert editor.stdin
    assert editor.stdout
    # It answers, so it has begun.
    editor.stdin.write("HEAD\n")
    editor.stdin.flush()
    assert "commit" in editor.stdout.readline()
    try:
        if sys.platform == "linux":
            assert (await refusal(folder)).code == "vcs.locked"
    finally:
        editor.communicate()
    assert await vcs.commit(folder, INA, "x", [TextFile("a.txt", "x")]) is not None


async def test_the_lock_of_a_studio_that_was_killed_is_removed_at_once(folder: Path):
    script = """
        import asyncio, pathlib, sys
        from director_git.locks import writing

        async def main():
            async with writing(pathlib.Path(sys.argv[1])):
                print("held", flush=True)
                await asyncio.sleep(60)

        asyncio.run(main())
    """
    process = start([sys.executable, "-c", textwrap.dedent(script), str(folder)])
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert (folder / ".git" / "index.lock").exists()
    (folder / ".git" / "refs" / "heads" / "main.lock").write_bytes(b"")
    begun = time.monotonic()
    assert await vcs.commit(folder, INA, "x", [TextFile("a.txt", "x")]) is not None
    assert time.monotonic() - begun < 3
    assert not (folder / ".git" / "index.lock").exists()


async def test_a_commit_that_is_cancelled_while_the_branch_moves_takes_the_index_along(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    read_tip = repository._tip

    async def cancelled_meanwhile(*given: str) -> str:
        task.cancel()
        await asyncio.sleep(0)
        return await read_tip(*given)

    monkeypatch.setattr(repository, "_tip", cancelled_meanwhile)
    task = asyncio.create_task(vcs.commit(folder, INA, "One", [TextFile("a.txt", "a")]))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert run(["git", "status", "--porcelain"], cwd=folder).stdout == ""
    assert run(["git", "show", "HEAD:a.txt"], cwd=folder).stdout == "a"


async def test_a_commit_that_is_cancelled_leaves_the_repository_usable(folder: Path):
    changes = [TextFile(f"t/{n}.txt", f"{n}") for n in range(300)]
    for delay in (0.0, 0.005, 0.01, 0.02, 0.04):
        task = asyncio.create_task(vcs.commit(folder, INA, "Many", changes))
        await asyncio.sleep(delay)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert not (folder / ".git" / "index.lock").exists()
        assert not (folder / ".git" / "director-index").exists()
    await vcs.commit(folder, INA, "Many", changes)
    await vcs.commit(folder, INA, "More", [TextFile("more.txt", "x")])
    assert run(["git", "status", "--porcelain"], cwd=folder).stdout == ""


async def test_configuration_and_hooks_of_a_folder_run_nothing(folder: Path, tmp_path: Path):
    trap = tmp_path / "trap.sh"
    sprung = tmp_path / "sprung"
    trap.write_text(f"#!/bin/sh\necho sprung >> {sprung}\n")
    trap.chmod(0o755)
    hooks = folder / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("pre-commit", "post-commit", "reference-transaction", "post-index-change",
                 "post-checkout", "fsmonitor-watchman"):  # fmt: skip
        (hooks / name).write_text(trap.read_text())
        (hooks / name).chmod(0o755)
    with (folder / ".git" / "config").open("a") as config:
        config.write(
            f"[core]\n\tfsmonitor = {trap}\n\tpager = {trap}\n\tsshCommand = {trap}\n"
            f"\teditor = {trap}\n\tattributesFile = {tmp_path}/attributes\n"
            f'[filter "trap"]\n\tclean = {trap}\n\tsmudge = {trap}\n\tprocess = {trap}\n'
            f'[diff "trap"]\n\ttextconv = {trap}\n\tcommand = {trap}\n[gpg]\n\tprogram = {trap}\n'
            f"[commit]\n\tgpgSign = true\n[log]\n\tshowSignature = true\n[diff]\n"
            f"\texternal = {trap}\n[gc]\n\tauto = 1\n"
        )
    (folder / ".gitattributes").write_text("* filter=trap diff=trap\n")
    await vcs.commit(folder, INA, "One", [TextFile("a.txt", "x\r\n")])
    await vcs.commit(folder, INA, "Two", [TextFile("a.txt", "y\r\n")])
    assert [commit.message for commit in await vcs.history(folder)][:2] == ["Two", "One"]
    assert not sprung.exists()


async def test_what_the_machine_has_configured_changes_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    config = tmp_path / "gitconfig"
    config.write_text(
        "[init]\n\tdefaultBranch = odd\n[core]\n\tautocrlf = true\n[user]\n\tname=X\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody")
    other = tmp_path / "other"
    other.mkdir()
    await vcs.create(other, INA, [TextFile("a.txt", "x")])
    (commit,) = await vcs.history(other)
    assert commit.author == INA
    assert (other / ".git" / "HEAD").read_text() == "ref: refs/heads/main\n"
    assert not (tmp_path / "index").exists()


async def test_a_full_disk_says_so(folder: Path):
    script = """
        import asyncio, pathlib, resource, signal, sys
        from director_git.repository import GitVersionControl
        from node_registry import Author, DirectorError, TextFile

        async def main():
            folder = pathlib.Path(sys.argv[1])
            vcs = GitVersionControl()
            try:
                big = TextFile("big.txt", "x" * 300_000)
                await vcs.commit(folder, Author("a", "b"), "x", [big])
            except DirectorError as error:
                print(error.code)
            print(len(await vcs.history(folder)))
            print(list(folder.glob(".*.tmp")))

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        asyncio.run(main())
    """
    done = run([sys.executable, "-c", textwrap.dedent(script), str(folder)], timeout=60)
    assert done.stdout.splitlines() == ["vcs.disk_full", "1", "[]"], done.stderr
    assert await vcs.commit(folder, INA, "x", [TextFile("a.txt", "x")]) is not None
