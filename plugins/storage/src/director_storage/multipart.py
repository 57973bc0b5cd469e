"""Sending bytes to an S3 server in parts, a few at a time, and nothing when one of them fails."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from .arrivals import disk_errors
from .facts import no_source

# Up to here one request sends all of it.
SINGLE = 64 << 20
PART = 16 << 20
AT_ONCE = 3

Parts = AsyncIterator[bytes]


async def of_stream(source: AsyncIterator[bytes]) -> Parts:
    """A stream regrouped in parts of a size that 10,000 of them suffice."""
    number, size, kept = 1, 0, list[memoryview]()
    async for chunk in source:
        rest = memoryview(bytes(chunk))
        while rest:
            taken = rest[: size_of(number) - size]
            kept.append(taken)
            size += len(taken)
            rest = rest[len(taken) :]
            if size == size_of(number):
                part = b"".join(kept)
                number, size, kept = number + 1, 0, []
                yield part
    if size:
        yield b"".join(kept)


async def of_file(path: Path) -> Parts:
    """A file in the same parts, read in threads."""
    with disk_errors("sending a file"):
        try:
            file = await asyncio.to_thread(path.open, "rb")
        except FileNotFoundError:
            raise no_source(path) from None
        try:
            number = 1
            while part := await asyncio.to_thread(file.read, size_of(number)):
                yield part
                number += 1
        finally:
            file.close()


async def send(client: Any, described: Mapping[str, Any], parts: Parts) -> int:
    """Send the parts under a key, by one request or by several; how many bytes they had."""
    first: list[bytes] = []
    while sum(map(len, first)) < SINGLE:
        part = await anext(parts, b"")
        if not part:
            whole = b"".join(first)
            first.clear()
            digest = await asyncio.to_thread(_md5, whole)
            await client.put_object(Body=io.BytesIO(whole), ContentMD5=digest, **described)
            return len(whole)
        first.append(part)
    return await _send_parts(client, described, first, parts)


async def _send_parts(
    client: Any, described: Mapping[str, Any], first: list[bytes], parts: Parts
) -> int:
    place = {"Bucket": described["Bucket"], "Key": described["Key"]}
    place["UploadId"] = (await client.create_multipart_upload(**described))["UploadId"]
    running: list[asyncio.Task[str]] = []
    tags: list[str] = []
    size = 0
    try:
        while part := first.pop(0) if first else await anext(parts, b""):
            size += len(part)
            if len(running) == AT_ONCE:
                tags.append(await running.pop(0))
            number = len(tags) + len(running) + 1
            running.append(asyncio.create_task(_send_part(client, place, number, part)))
        while running:
            tags.append(await running.pop(0))
        listed = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]
        await client.complete_multipart_upload(**place, MultipartUpload={"Parts": listed})
    except BaseException:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await asyncio.shield(_abort(client, place))
        raise
    return size


async def _send_part(client: Any, place: Mapping[str, Any], number: int, part: bytes) -> str:
    digest = await asyncio.to_thread(_md5, part)
    # As a file it is written piece by piece; as bytes all of it would be copied once more.
    body = io.BytesIO(part)
    sent = await client.upload_part(**place, PartNumber=number, Body=body, ContentMD5=digest)
    return sent["ETag"]


async def _abort(client: Any, place: Mapping[str, Any]) -> None:
    # The first failure is what the caller must hear of. Parts of an upload that could not be
    # given up either are removed by the bucket's own rule for incomplete uploads.
    with suppress(Exception):
        await client.abort_multipart_upload(**place)


def size_of(number: int) -> int:
    """The size of a part, counted from 1: larger ones later, since there are at most 10,000."""
    return PART if number <= 1000 else 4 * PART


def _md5(content: bytes) -> str:
    # The checksum by which the server knows that a body arrived as it was sent.
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
