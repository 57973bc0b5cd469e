"""A zip file that is written while it is sent: nothing of it lies in memory or on the disk."""

from __future__ import annotations

import io
import stat
from collections.abc import AsyncIterator, Callable, Iterable
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import msgspec

from .blocking import run_to_end

CHUNK = 1 << 20
# Equal contents give equal files, whenever they are written.
TIME = (1980, 1, 1, 0, 0, 0)
PACKED = (".json", ".txt", ".fountain", ".fdx", ".edl", ".otio", ".md")


class Member(msgspec.Struct, frozen=True):
    """One file of the zip: its name, its size in bytes, and what reads it."""

    name: str
    size: int
    read: Callable[[], AsyncIterator[bytes]]


async def zip_stream(members: Iterable[Member]) -> AsyncIterator[bytes]:
    """The bytes of a zip of these files, in their order. Texts are packed, media are not."""
    sink = _Sink()
    with ZipFile(sink, "w", allowZip64=True) as archive:
        for member in members:
            info = ZipInfo(member.name, TIME)
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            packed = member.name.lower().endswith(PACKED)
            info.compress_type = ZIP_DEFLATED if packed else ZIP_STORED
            info.file_size = member.size
            with archive.open(info, "w") as target:
                async for chunk in member.read():
                    await run_to_end(target.write, chunk)
                    if sink.waiting >= CHUNK:
                        yield sink.take()
    yield sink.take()


class _Sink(io.RawIOBase):
    """What is written to it waits to be taken. It cannot be rewound, and zipfile then does not."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.waiting = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(data)  # type: ignore[call-overload] - any buffer
        self._parts.append(part)
        self.waiting += len(part)
        return len(part)

    def take(self) -> bytes:
        """All that waits."""
        taken = b"".join(self._parts)
        self._parts, self.waiting = [], 0
        return taken
