"""The studio's lock between real processes, and how a running studio is found."""

import asyncio
import contextlib
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.processes.studio_lock import StudioLock, is_locked, read_address, running_studio
from node_registry import DirectorError

_HOLDER = """
import sys, time
from pathlib import Path
from app.processes.studio_lock import StudioLock
with StudioLock(Path(sys.argv[1])) as lock:
    lock.publish("http://127.0.0.1:9", "token")
    print("held", flush=True)
    time.sleep(60)
"""


@contextlib.contextmanager
def holder(home: Path):
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(home)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextlib.asynccontextmanager
async def http_server(status: str, body: bytes, kind: str = "application/json"):
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def test_two_studios_never_work_on_one_folder_and_a_killed_one_frees_it(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        with pytest.raises(DirectorError, match=f"process {process.pid}") as caught:
            StudioLock(tmp_path).acquire()
        assert caught.value.code == "studio.already_running"
        assert is_locked(tmp_path)
    assert read_address(tmp_path) is not None, "a killed studio leaves its address behind"
    assert not is_locked(tmp_path)
    with StudioLock(tmp_path):
        assert read_address(tmp_path) is None, "which the next one takes away"


def test_the_address_is_for_its_owner_alone_and_goes_with_the_studio(tmp_path: Path) -> None:
    lock = StudioLock(tmp_path / "new" / "home")
    with pytest.raises(RuntimeError):
        lock.publish("http://127.0.0.1:1", "t")
    with lock:
        found = lock.publish("http://127.0.0.1:8700/", "secret")
        assert (found.url, found.pid) == ("http://127.0.0.1:8700", os.getpid())
        assert read_address(lock.home) == found
        assert stat.S_IMODE((lock.home / "studio.json").stat().st_mode) == 0o600
    assert sorted(p.name for p in lock.home.iterdir()) == ["studio.lock"]


async def test_a_running_studio_is_found_whether_well_or_ailing(tmp_path: Path) -> None:
    assert await running_studio(tmp_path) is None
    with StudioLock(tmp_path) as lock:
        for status in ("200 OK", "503 Service Unavailable"):
            async with http_server(status, b'{"state": "ok"}') as url:
                found = lock.publish(url, "token")
                assert await running_studio(tmp_path) == found
    assert await running_studio(tmp_path) is None


async def test_a_studio_that_is_starting_is_waited_for(tmp_path: Path) -> None:
    with StudioLock(tmp_path) as lock:
        search = asyncio.create_task(running_studio(tmp_path, patience=5))
        await asyncio.sleep(0.05)
        assert not search.done()
        async with http_server("200 OK", b"{}") as url:
            lock.publish(url, "token")
            found = await search
        assert found is not None
        assert found.url == url


async def test_a_silent_studio_and_a_stranger_on_its_port_are_not_taken_for_it(
    tmp_path: Path,
) -> None:
    with holder(tmp_path):
        with pytest.raises(DirectorError, match="did not answer") as caught:
            await running_studio(tmp_path, patience=0.1)
        assert caught.value.code == "studio.silent"
    with StudioLock(tmp_path) as lock:
        async with http_server("200 OK", b"<html>", "text/html") as url:
            lock.publish(url, "token")
            with pytest.raises(DirectorError, match="did not answer"):
                await running_studio(tmp_path, patience=0.1)


async def test_a_looker_never_stands_in_the_way_of_a_start(tmp_path: Path) -> None:
    (tmp_path / "studio.lock").touch()
    loop = asyncio.get_running_loop()

    def look() -> None:
        for _ in range(300):
            is_locked(tmp_path)

    lookers = [loop.run_in_executor(None, look) for _ in range(2)]
    for _ in range(10):
        with StudioLock(tmp_path):
            await asyncio.sleep(0)
    await asyncio.gather(*lookers)


def test_a_folder_that_cannot_be_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").touch()
    with pytest.raises(DirectorError, match="DIRECTOR_HOME") as caught:
        StudioLock(tmp_path / "film.mp4").acquire()
    assert caught.value.code == "home.not_writable"
    (tmp_path / "studio.json").write_text("{half")
    assert read_address(tmp_path) is None
