"""Bodies of git requests: as they come, unpacked when they are gzip, and never beyond a size."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import IO

from app.platform.blocking import run_to_end
from node_registry import DirectorError

IN_MEMORY = 256 * 1024
STEP = 256 * 1024


async def unpacked(stream: AsyncIterator[bytes], encoding: str, most: int) -> AsyncIterator[bytes]:
    """A body without its `Content-Encoding`. Raises `repository.too_large`, `repository.bad_gzip`.

    `most` counts what comes out: a small body may unpack to a huge one.
    """
    if encoding.strip().lower() not in ("", "identity", "gzip", "x-gzip"):
        raise DirectorError(
            "repository.bad_encoding", "A body is sent plain, or as gzip.", status=400
        )
    gzip = zlib.decompressobj(31) if "gzip" in encoding.lower() else None
    size = 0
    async for chunk in stream:
        for part in _plain(chunk, gzip):
            size += len(part)
            if size > most:
                raise too_large(most)
            yield part
    if gzip is not None and not gzip.eof and size:
        raise _bad_gzip()


def _plain(chunk: bytes, gzip: zlib._Decompress | None) -> Iterator[bytes]:
    if gzip is None:
        yield chunk
        return
    try:
        while chunk:
            yield gzip.decompress(chunk, STEP)
            chunk = gzip.unconsumed_tail
    except zlib.error:
        raise _bad_gzip() from None


@contextmanager
def spooled() -> Iterator[IO[bytes]]:
    """A temporary file that lies in memory while it is small, gone when the block is left."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        yield file


async def spool(stream: AsyncIterator[bytes], file: IO[bytes]) -> None:
    """Write a stream to a file, and go back to its start."""
    async for chunk in stream:
        await run_to_end(file.write, chunk)
    file.seek(0)


def too_large(most: int) -> DirectorError:
    """The refusal of a body."""
    return DirectorError(
        "repository.too_large",
        f"A request has at most {most // 1_000_000:,} MB here.",
        hint="Media goes by Git LFS, and is not limited by this: see `git lfs track`.",
        status=413,
    )


def _bad_gzip() -> DirectorError:
    return DirectorError("repository.bad_gzip", "The body is not whole gzip data.")
