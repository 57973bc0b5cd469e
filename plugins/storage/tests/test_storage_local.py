"""The local storage: the contract, and what only a folder on a disk can get wrong."""

from __future__ import annotations

import asyncio
import hashlib
import os
import resource
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from director_storage.local import LocalStorage
from node_registry.testing.storages import StorageSuite, chunks, listed, whole

from node_registry import DirectorError

DIGEST = hashlib.sha256(b"take").hexdigest()


@pytest.fixture
async def storage(tmp_path: Path):
    storage = LocalStorage(tmp_path / "home")
    await storage.open()
    yield storage
    await storage.close()
    assert os.listdir(tmp_path / "home" / "objects" / "incoming") == []


class TestLocalStorage(StorageSuite):
    large = 64 << 20
    room = 8 << 20


async def test_a_digest_lies_where_the_design_says(storage: LocalStorage, tmp_path: Path):
    await storage.put(f"objects/{DIGEST}", chunks(b"take"))
    wanted = tmp_path / "home" / "objects" / DIGEST[:2] / DIGEST[2:4] / DIGEST
    assert storage.local_path(f"objects/{DIGEST}") == wanted
    assert wanted.stat().st_mode & 0o777 == 0o444


async def test_a_file_on_the_same_disk_is_moved_not_copied(storage: LocalStorage, tmp_path: Path):
    source = tmp_path / "take.mp4"
    source.write_bytes(b"take")
    inode = source.stat().st_ino
    await storage.put(f"objects/{DIGEST}", source)
    path = storage.local_path(f"objects/{DIGEST}")
    assert path is not None
    assert path.stat().st_ino == inode
    assert not source.exists()


async def test_a_file_with_a_second_name_stays_and_is_copied(storage: LocalStorage, tmp_path: Path):
    source, other = tmp_path / "take.mp4", tmp_path / "other.mp4"
    source.write_bytes(b"take")
    os.link(source, other)
    await storage.put("copied", source)
    source.write_bytes(b"changed later")
    assert await whole(storage, "copied") == b"take"
    assert other.read_bytes() == b"changed later"


async def test_a_symbolic_link_gives_its_bytes_and_keeps_its_target(
    storage: LocalStorage, tmp_path: Path
):
    target, source = tmp_path / "precious", tmp_path / "link"
    target.write_bytes(b"take")
    source.symlink_to(target)
    await storage.put("linked", source)
    assert target.read_bytes() == b"take"
    assert await whole(storage, "linked") == b"take"


async def test_equal_bytes_keep_the_file_that_projects_link_to(
    storage: LocalStorage, tmp_path: Path
):
    await storage.put(f"objects/{DIGEST}", chunks(b"take"))
    path = storage.local_path(f"objects/{DIGEST}")
    assert path is not None
    inode = path.stat().st_ino
    await storage.put(f"objects/{DIGEST}", chunks(b"take"), media_type="video/mp4")
    stat = await storage.stat(f"objects/{DIGEST}")
    assert path.stat().st_ino == inode
    assert stat is not None
    assert stat.media_type == "video/mp4"


async def test_the_studio_serves_local_objects_itself(storage: LocalStorage):
    from datetime import timedelta

    await storage.put("a", chunks(b"x"))
    assert await storage.link("a", expires=timedelta(minutes=1), filename="a.mp4") is None


def run_limited(script: str, home: Path, limit: int) -> subprocess.CompletedProcess[str]:
    def lower() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(home)],
        preexec_fn=lower, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_a_full_disk_says_so_and_leaves_nothing(tmp_path: Path):
    script = """
        import asyncio, pathlib, sys
        from director_storage.local import LocalStorage
        from node_registry import DirectorError

        async def source(size):
            for _ in range(size):
                yield bytes(65536)

        async def main():
            storage = LocalStorage(pathlib.Path(sys.argv[1]))
            await storage.open()
            await storage.put("kept", source(1))
            for key in ("kept", "new"):
                try:
                    await storage.put(key, source(64))
                except DirectorError as error:
                    print(error.code, error.status, error.hint)
            print([(o.key, o.size) async for o in storage.list()])
            print(list((pathlib.Path(sys.argv[1]) / "objects" / "incoming").iterdir()))

        asyncio.run(main())
    """
    done = run_limited(script, tmp_path, 1_000_000)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert len(lines) == 4
    assert all(line.startswith("storage.full 507 Make room") for line in lines[:2])
    assert lines[2:] == ["[('kept', 65536)]", "[]"]


async def test_leftovers_of_the_dead_are_swept_and_of_the_living_kept(tmp_path: Path):
    storage = LocalStorage(tmp_path)
    await storage.open()
    incoming = tmp_path / "objects" / "incoming"
    dead = incoming / "dead"
    dead.write_bytes(b"half")
    hour = time.time() - 3600
    os.utime(dead, (hour, hour))
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def slow():
        yield b"first"
        arrived.set()
        await go_on.wait()
        yield b"second"

    task = asyncio.create_task(storage.put("living", slow()))
    await arrived.wait()
    (living,) = (path for path in incoming.iterdir() if path != dead)
    os.utime(living, (hour, hour))
    await LocalStorage(tmp_path).open()
    assert list(incoming.iterdir()) == [living]
    go_on.set()
    await task
    assert await whole(storage, "living") == b"firstsecond"


async def test_a_file_is_given_back_when_it_cannot_be_stored(storage: LocalStorage, tmp_path: Path):
    source = tmp_path / "take.mp4"
    source.write_bytes(b"take")
    shard = tmp_path / "home" / "objects" / DIGEST[:2]
    shard.write_text("a file where a folder should be")
    with pytest.raises(DirectorError) as caught:
        await storage.put(f"objects/{DIGEST}", source)
    assert caught.value.code == "storage.unreachable"
    assert str(tmp_path) not in str(caught.value)
    assert source.read_bytes() == b"take"


async def test_facts_that_were_torn_are_not_believed(storage: LocalStorage):
    await storage.put("torn", chunks(b"take"), media_type="video/mp4")
    path = storage.local_path("torn")
    assert path is not None
    path.with_name(path.name + ".json").chmod(0o644)
    path.with_name(path.name + ".json").write_text('{"media_type": "video')
    stat = await storage.stat("torn")
    assert stat is not None
    assert stat.media_type == "application/octet-stream"


async def test_two_storages_on_one_folder_agree(tmp_path: Path):
    one, two = LocalStorage(tmp_path), LocalStorage(tmp_path)
    await one.open()
    await two.open()
    await asyncio.gather(
        *(each.put(f"k/{n}", chunks(b"x" * n)) for each in (one, two) for n in range(50))
    )
    assert len(await listed(one, "k/")) == 50
    assert await listed(one, "") == await listed(two, "")
