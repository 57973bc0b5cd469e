"""The embedded Valkey on a real server: what the product needs of it, and its death."""

import asyncio
import os
import signal
import tempfile
from pathlib import Path

import arq
import pytest
import redis.asyncio
from arq.connections import RedisSettings
from redis.exceptions import RedisError

from app.processes.embedded import EmbeddedValkey
from app.processes.supervisor import Event, Supervisor


@pytest.fixture
def runtime():
    # Short enough for a socket's name, wherever the tests' own folder lies.
    with tempfile.TemporaryDirectory(prefix="vk-", dir="/tmp") as folder:
        yield Path(folder)


async def test_it_knows_lua_streams_and_arq_and_keeps_nothing(tmp_path: Path, runtime) -> None:
    async with EmbeddedValkey(tmp_path, runtime) as valkey:
        client = redis.asyncio.from_url(valkey.url)
        increment = client.register_script("return redis.call('INCR', KEYS[1])")
        assert await increment(keys=["n"]) == 1
        await client.xadd("progress", {"step": 1}, maxlen=10)
        assert await client.xlen("progress") == 1
        await client.aclose()
        queue = await arq.create_pool(RedisSettings.from_dsn(valkey.url))
        assert await queue.enqueue_job("run_task") is not None
        await queue.aclose()
    assert not valkey.socket.exists()
    async with EmbeddedValkey(tmp_path, runtime) as valkey:
        client = redis.asyncio.from_url(valkey.url)
        assert await client.dbsize() == 0
        await client.aclose()


async def test_killed_it_comes_back_on_the_same_address(tmp_path: Path, runtime) -> None:
    valkey = EmbeddedValkey(tmp_path, runtime)
    back = asyncio.Event()

    def watch(event: Event) -> None:
        if "again" in event.sentence and event.kind == "started":
            back.set()

    async with Supervisor(back_off=(0, 0, 0), on_event=watch) as supervisor:
        await supervisor.start(valkey.child())
        first = supervisor.pids["Valkey"]
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await asyncio.wait_for(back.wait(), 60)
        assert supervisor.pids["Valkey"] not in (None, first)
        client = redis.asyncio.from_url(valkey.url)
        assert await client.ping()
        await client.aclose()
    with pytest.raises(RedisError):
        await redis.asyncio.from_url(valkey.url).ping()
