"""Packets of git's protocol: lines with their length in front, and marks between them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from node_registry import DirectorError

FLUSH = b"0000"
MAX_PACKET = 65_520
_LENGTH = 4


def packet(line: str | bytes) -> bytes:
    """One line as it is sent."""
    content = line.encode() if isinstance(line, str) else line
    return f"{len(content) + _LENGTH:04x}".encode() + content


def banded(band: int, content: bytes) -> bytes:
    """Bytes of one side band: 1 is the answer itself, 2 is shown to people as `remote: …`."""
    most = MAX_PACKET - _LENGTH - 1
    parts = [content[at : at + most] for at in range(0, len(content), most)]
    return b"".join(packet(bytes([band]) + part) for part in parts)


class PacketReader:
    """The packets at the start of a stream, and then the rest of it as it comes."""

    def __init__(self, stream: AsyncIterator[bytes]) -> None:
        self._stream = stream
        self._buffer = bytearray()

    async def lines(self, most: int) -> list[bytes]:
        """The lines up to the next flush. Raises `vcs.bad_request` for more, and for a cut."""
        found: list[bytes] = []
        while True:
            length = await self._take(_LENGTH)
            try:
                size = int(length, 16)
            except ValueError:
                raise bad_request() from None
            if size == 0:
                return found
            if not _LENGTH < size <= MAX_PACKET or len(found) >= most:
                raise bad_request()
            found.append(await self._take(size - _LENGTH))

    async def rest(self) -> AsyncIterator[bytes]:
        """What follows, in chunks."""
        if self._buffer:
            kept, self._buffer = bytes(self._buffer), bytearray()
            yield kept
        async for chunk in self._stream:
            yield chunk

    async def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            chunk = await anext(self._stream, None)
            if chunk is None:
                raise bad_request()
            self._buffer += chunk
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken


def bad_request() -> DirectorError:
    """The refusal of what is no request of a git client."""
    return DirectorError(
        "vcs.bad_request",
        "This is not a request that a git client sends.",
        hint="Use git itself: `git clone`, `git fetch`, `git push`.",
    )
