"""The conformance suite of storages: what every store of bytes must do, ours and others' alike."""

from __future__ import annotations

import asyncio
import hashlib
import tracemalloc
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ..errors import DirectorError
from ..storages import Storage
from .suite import ConformanceSuite

HOSTILE_KEYS = (
    "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a/..", "a\\b", "a\0b",
    "a b", "ä", "a\n", "\na", "~", "a*", "%2e%2e/a", "C:/a", "a:b", "x" * 513,
)  # fmt: skip


class StorageSuite(ConformanceSuite):
    """Give it a fixture `storage`, opened and empty, and pytest runs the contract against it.

        class TestAcmeStorage(StorageSuite):
            @pytest_asyncio.fixture
            async def storage(self, tmp_path):
                storage = AcmeStorage(tmp_path)
                await storage.open()
                yield storage
                await storage.close()

    `large` is the size in bytes of the object that must pass without being held in memory, of
    which `room` bytes may be used.
    """

    large = 192 << 20
    room = 144 << 20

    async def test_bytes_come_back_as_they_went_in(self, storage: Storage) -> None:
        before = datetime.now(UTC) - timedelta(seconds=5)
        words = {"name": "SHOT-010_v01_take01.mp4", "title": "Küste, 海", "shot": "a/b?c=d e"}
        put = await storage.put(
            "projects/7/objects/one.bin", chunks(b"abc", b"", b"def"),
            media_type="video/mp4", metadata=words,
        )  # fmt: skip
        stat = await storage.stat("projects/7/objects/one.bin")
        assert await whole(storage, "projects/7/objects/one.bin") == b"abcdef"
        assert stat is not None
        for known in (put, stat):
            assert known.key == "projects/7/objects/one.bin"
            assert (known.size, known.media_type, known.metadata) == (6, "video/mp4", words)
            assert known.modified.utcoffset() == timedelta(0)
            assert before <= known.modified <= datetime.now(UTC) + timedelta(seconds=5)

    async def test_a_file_is_stored_too(self, storage: Storage, tmp_path: Path) -> None:
        content = bytes(range(256)) * 9000
        key = "objects/" + hashlib.sha256(content).hexdigest()
        for _ in range(2):
            source = tmp_path / "given-away.bin"
            source.write_bytes(content)
            stored = await storage.put(key, source)
            assert (stored.key, stored.size) == (key, len(content))
        assert await whole(storage, key) == content
        path = storage.local_path(key)
        if path is not None:
            assert path.read_bytes() == content
            assert path.stat().st_mode & 0o222 == 0, "a stored file must be read-only"

    async def test_a_file_that_is_not_there_is_an_error(
        self, storage: Storage, tmp_path: Path
    ) -> None:
        await refused("storage.no_source", lambda: storage.put("gone", tmp_path / "gone.bin"))
        assert await storage.stat("gone") is None

    async def test_parts_of_an_object(self, storage: Storage) -> None:
        content = bytes(range(256)) * 8192
        await storage.put("ranges", chunks(content))
        size = len(content)
        for start, end in (
            (0, None), (0, 1), (0, 0), (1, 2), (7, 7), (size - 1, None), (size - 1, size + 50),
            (size, None), (size + 9, None), (size + 9, size + 99), (1_048_570, 1_048_590),
        ):  # fmt: skip
            got = await whole(storage, "ranges", start, end)
            assert got == content[start:end], f"bytes {start} to {end}"
        await refused("storage.bad_range", lambda: whole(storage, "ranges", -1, None))
        await refused("storage.bad_range", lambda: whole(storage, "ranges", 5, 4))

    async def test_reading_may_stop_early(self, storage: Storage) -> None:
        await storage.put("early", chunks(bytes(3 << 20)))
        for _ in range(50):
            async for chunk in storage.read("early"):
                assert chunk
                break
        assert len(await whole(storage, "early")) == 3 << 20

    async def test_a_key_that_exists_is_replaced(self, storage: Storage) -> None:
        await storage.put("same", chunks(b"first, longer"), media_type="text/plain")
        await storage.put("same", chunks(b"second"), metadata={"take": "2"})
        stat = await storage.stat("same")
        assert await whole(storage, "same") == b"second"
        assert stat is not None
        assert (stat.size, stat.media_type) == (6, "application/octet-stream")
        assert stat.metadata == {"take": "2"}
        await storage.put("same", chunks(b"second"), media_type="image/png")
        stat = await storage.stat("same")
        assert stat is not None
        assert (stat.media_type, stat.metadata) == ("image/png", {})

    async def test_an_object_of_no_bytes(self, storage: Storage, tmp_path: Path) -> None:
        empty = tmp_path / "empty"
        empty.write_bytes(b"")
        await storage.put("none/stream", chunks())
        await storage.put("none/file", empty)
        for key in ("none/stream", "none/file"):
            stat = await storage.stat(key)
            assert stat is not None
            assert stat.size == 0
            assert await whole(storage, key) == b""
            assert await whole(storage, key, 0, 10) == b""

    async def test_what_is_missing(self, storage: Storage) -> None:
        await storage.put("there/below", chunks(b"x"))
        for key in ("missing", "there", "there/below/it", "objects/" + "0" * 64):
            assert await storage.stat(key) is None
            assert storage.local_path(key) is None
            await storage.delete(key)
            await refused("storage.not_found", lambda key=key: whole(storage, key))
            await refused("storage.not_found", lambda key=key: whole(storage, key, 3, 9))
        assert await whole(storage, "there/below") == b"x"

    async def test_delete(self, storage: Storage) -> None:
        await storage.put("gone", chunks(b"x"), media_type="text/plain")
        await storage.delete("gone")
        await storage.delete("gone")
        assert await storage.stat("gone") is None
        assert [stored.key async for stored in storage.list("gone")] == []
        await storage.put("gone", chunks(b"y"))
        stat = await storage.stat("gone")
        assert stat is not None
        assert stat.media_type == "application/octet-stream"

    async def test_delete_spares_what_was_put_again(self, storage: Storage) -> None:
        await storage.put("kept", chunks(b"x"))
        long_ago = datetime.now(UTC) - timedelta(days=1)
        await storage.delete("kept", before=long_ago)
        assert await storage.stat("kept") is not None
        await storage.put("kept", chunks(b"x"))
        await storage.delete("kept", before=long_ago)
        assert await whole(storage, "kept") == b"x"
        await storage.delete("kept", before=datetime.now(UTC) + timedelta(days=1))
        assert await storage.stat("kept") is None
        await storage.delete("never", before=long_ago)

    async def test_hostile_keys(self, storage: Storage) -> None:
        for key in HOSTILE_KEYS:
            await refused("storage.bad_key", lambda key=key: storage.put(key, chunks(b"x")))
            await refused("storage.bad_key", lambda key=key: whole(storage, key))
            await refused("storage.bad_key", lambda key=key: storage.stat(key))
            await refused("storage.bad_key", lambda key=key: storage.delete(key))
            await refused(
                "storage.bad_key",
                lambda key=key: storage.link(key, expires=timedelta(minutes=1)),
            )
        for prefix in ("../", "a/../", "/", "a//", "ä", "a\0"):
            await refused("storage.bad_key", lambda prefix=prefix: listed(storage, prefix))
        assert await listed(storage, "") == []

    async def test_keys_that_look_alike_are_different(self, storage: Storage) -> None:
        keys = [
            "A", "a", "a.b", "a-b", "a_b", "a/b", "a/b.json", "a/B", "aA", "...", "a../b", ".a",
            "-a", "CON", "nul.txt", "a.json", "a.tmp", "incoming/a", "keys/a", "objects/a",
            "objects/ab/cd/e", "a/b/c", "l" * 255, "l" * 512, "l" * 200, "l" * 200 + "/m",
            "l" * 200 + "-m", "L" * 150 + "/n", "n" * 200 + "..", "n" * 199 + "../o",
            "n" * 200 + "../o",
            "f" * 64, "objects/" + "f" * 64, "objects/" + "F" * 64, "objects/" + "f" * 63,
            "ff/ff/" + "f" * 64, "projects/1/objects/" + "f" * 64, "f" * 64 + "/a",
            "a/" + "f" * 64 + "/" + "f" * 64, "objects/ff/ff/" + "f" * 64,
        ]  # fmt: skip
        for number, key in enumerate(keys):
            await storage.put(key, chunks(f"{number}".encode()))
        for number, key in enumerate(keys):
            assert await whole(storage, key) == f"{number}".encode(), key
        assert await listed(storage, "") == sorted(keys)
        for prefix in ("a", "a/", "A", "l", "l" * 201, "objects/", "objects/f", "f", "projects/1/",
                       "n" * 200 + ".", "objects/ff", "zz", "a/b/c", "a/b/c/"):  # fmt: skip
            wanted = sorted(key for key in keys if key.startswith(prefix))
            assert await listed(storage, prefix) == wanted, prefix

    async def test_a_listing_is_in_order_and_knows_sizes(self, storage: Storage) -> None:
        keys = [f"many/{hashlib.sha256(bytes([n])).hexdigest()}" for n in range(40)]
        keys += [f"many/{n}" for n in range(40)]
        for key in keys:
            await storage.put(key, chunks(key.encode()))
        found = [stored async for stored in storage.list("many/")]
        assert [stored.key for stored in found] == sorted(keys)
        assert all(stored.size == len(stored.key) for stored in found)

    async def test_a_source_that_fails_leaves_nothing(self, storage: Storage) -> None:
        async def broken() -> AsyncIterator[bytes]:
            yield bytes(1 << 20)
            raise RuntimeError("the network went away")

        await storage.put("kept", chunks(b"before"))
        for key in ("kept", "never"):
            failure = (await asyncio.gather(storage.put(key, broken()), return_exceptions=True))[0]
            assert isinstance(failure, RuntimeError), "the failure of the source was swallowed"
        assert await listed(storage, "") == ["kept"]
        assert await whole(storage, "kept") == b"before"

    async def test_a_put_that_is_cancelled_leaves_nothing(self, storage: Storage) -> None:
        begun = asyncio.Event()

        async def endless() -> AsyncIterator[bytes]:
            while True:
                yield bytes(1 << 16)
                begun.set()
                await asyncio.sleep(0.001)

        task = asyncio.create_task(storage.put("cancelled", endless()))
        await asyncio.wait_for(begun.wait(), 10)
        task.cancel()
        result = (await asyncio.gather(task, return_exceptions=True))[0]
        assert isinstance(result, asyncio.CancelledError)
        assert await listed(storage, "") == []

    async def test_many_puts_of_one_key_at_once(self, storage: Storage) -> None:
        contents = [bytes([number]) * (100_000 + number) for number in range(12)]
        await asyncio.gather(
            *(
                storage.put("one", chunks(*cut(content)), metadata={"number": str(number)})
                for number, content in enumerate(contents)
            )
        )
        stat = await storage.stat("one")
        assert stat is not None
        assert await whole(storage, "one") == contents[int(stat.metadata["number"])]
        assert await listed(storage, "") == ["one"]

    async def test_metadata_that_cannot_be_kept_is_refused(self, storage: Storage) -> None:
        for bad in ({"Name": "x"}, {"a b": "x"}, {"": "x"}, {"a": "x" * 4000}, {"a\nb": "c"}):
            await refused(
                "storage.bad_metadata",
                lambda bad=bad: storage.put("meta", chunks(b"x"), metadata=bad),
            )
        assert await storage.stat("meta") is None

    async def test_a_large_object_streams(self, storage: Storage) -> None:
        piece = bytes(range(256)) * 4096
        digest = hashlib.sha256()

        async def source() -> AsyncIterator[bytes]:
            for number in range(self.large // len(piece)):
                chunk = number.to_bytes(4, "big") + piece[4:]
                digest.update(chunk)
                yield chunk

        tracemalloc.start()
        try:
            stored = await storage.put("large", source())
            read = hashlib.sha256()
            async for chunk in storage.read("large"):
                assert len(chunk) <= 16 << 20
                read.update(chunk)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert stored.size == self.large
        assert read.digest() == digest.digest()
        assert peak < self.room, f"{peak >> 20} MB were held at once"


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    """Bytes as a stream, for `put`."""
    for part in parts:
        yield part
        await asyncio.sleep(0)


def cut(content: bytes, size: int = 8192) -> list[bytes]:
    """Bytes in pieces of a size."""
    return [content[at : at + size] for at in range(0, len(content), size)]


async def whole(storage: Storage, key: str, start: int = 0, end: int | None = None) -> bytes:
    """All that `read` gives."""
    return b"".join([chunk async for chunk in storage.read(key, start=start, end=end)])


async def listed(storage: Storage, prefix: str) -> list[str]:
    """The keys that `list` gives."""
    return [stored.key async for stored in storage.list(prefix)]


async def refused(code: str, act: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    """Fail unless the act is refused with this code."""
    error = (await asyncio.gather(act(), return_exceptions=True))[0]
    assert isinstance(error, DirectorError), f"{code} was expected, not {error!r}"
    assert error.code == code, f"{error.code} instead of {code}"
    assert len(error.message) > 10, "an error says what happened"
