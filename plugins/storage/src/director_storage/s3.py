"""The storage of a studio with several machines: a bucket on any server that speaks S3."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import aioboto3
from aiobotocore.config import AioConfig

from node_registry import DirectorError, StoredObject

from .facts import check_metadata, check_range, disposition
from .faults import BROKEN, is_missing, is_past_the_end, not_found, not_open, server_errors
from .keys import check_key, check_prefix
from .lifecycle import Rules, set_rules
from .multipart import Parts, of_file, of_stream, send
from .settings import Settings

CHUNK = 1 << 20
TRIES = 3
_PLAIN = " !#$&'()*+,/:;=?@[]"
LONGEST_LINK = timedelta(days=7)

log = logging.getLogger(__name__)


class S3Storage:
    """Objects in a bucket, below a prefix, over one client that lives as long as the storage.

    `rules` tells whether the server removes by itself what was only for a while.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._prefix = check_key(settings.prefix.strip("/")) + "/" if settings.prefix else ""
        self._stack = AsyncExitStack()
        self._client: Any = None
        self._public: Any = None
        self.rules = Rules()
        # Files are sent from memory, at most so many at a time.
        self._room = asyncio.Semaphore(4)

    async def open(self) -> None:
        if not self._settings.bucket:
            raise DirectorError(
                "storage.refused",
                "No bucket is set for the S3 storage.",
                hint="Set DIRECTOR_PLUGIN_STORAGE__BUCKET (and __ENDPOINT, __ACCESS_KEY, "
                "__SECRET_KEY for a server other than AWS).",
                status=503,
            )
        try:
            self._client = await self._connect(self._settings.endpoint)
            self._public = self._client
            if self._settings.public_endpoint:
                self._public = await self._connect(self._settings.public_endpoint)
            await self._look_at_bucket()
        except DirectorError as error:
            # A server that is away comes back: the client finds it by itself then.
            if error.code != "storage.unreachable" or self._public is None:
                await self.close()
            raise
        except BaseException:
            await self.close()
            raise

    async def _look_at_bucket(self) -> None:
        with server_errors(self._settings):
            await self._client.head_bucket(Bucket=self._settings.bucket)
        self.rules = await set_rules(self._client, self._settings.bucket, self._prefix)
        if self.rules.missing:
            log.warning("The S3 server keeps no rule for temporary objects: %s", self.rules.missing)

    async def close(self) -> None:
        self._client = self._public = None
        await self._stack.aclose()

    async def put(
        self,
        key: str,
        source: Path | AsyncIterator[bytes],
        *,
        media_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
    ) -> StoredObject:
        place = self._place(key)
        kept = check_metadata(metadata)
        described: dict[str, Any] = {
            **place,
            "ContentType": media_type,
            # Only ASCII passes as a header; what does not is written as in a URL.
            "Metadata": {name: quote(value, safe=_PLAIN) for name, value in kept.items()},
        }
        if name := kept.get("name"):
            described["ContentDisposition"] = disposition(name)
        if isinstance(source, Path):
            async with self._room:
                size = await self._send(described, of_file(source))
        else:
            size = await self._send(described, of_stream(source))
        return StoredObject(
            key=key, size=size, media_type=media_type, modified=datetime.now(UTC), metadata=kept
        )

    async def read(
        self, key: str, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        check_range(start, end)
        place = self._place(key)
        if end is not None and start >= end:
            if await self.stat(key) is None:
                raise not_found(key)
            return
        seen: str | None = None
        for attempt in range(TRIES):
            last = attempt == TRIES - 1
            wanted = {**place, "Range": f"bytes={start}-{'' if end is None else end - 1}"}
            if seen:
                # The rest must be of the same object as the beginning.
                wanted["IfMatch"] = seen
            with server_errors(self._settings, key):
                try:
                    response = await self._open_client().get_object(**wanted)
                except Exception as error:
                    if is_past_the_end(error):
                        return
                    raise
                seen = response["ETag"]
                body = response["Body"]
                async with body:
                    try:
                        while chunk := await body.read(CHUNK):
                            start += len(chunk)
                            yield chunk
                        return
                    except BROKEN:
                        # A connection that broke in the middle goes on where it was.
                        if last or (end is not None and start >= end):
                            raise

    async def stat(self, key: str) -> StoredObject | None:
        with server_errors(self._settings, key):
            try:
                head = await self._open_client().head_object(**self._place(key))
            except Exception as error:
                if is_missing(error):
                    return None
                raise
        return StoredObject(
            key=key,
            size=head["ContentLength"],
            media_type=head.get("ContentType", "application/octet-stream"),
            modified=head["LastModified"].astimezone(UTC),
            metadata={name: unquote(value) for name, value in head.get("Metadata", {}).items()},
        )

    async def delete(self, key: str, *, before: datetime | None = None) -> None:
        if before is not None:
            # A server has no condition for it: between these two calls lie milliseconds, and what
            # is removed has been unused for days.
            found = await self.stat(key)
            if found is not None and found.modified >= before:
                return
        with server_errors(self._settings, key):
            await self._open_client().delete_object(**self._place(key))

    async def list(self, prefix: str = "") -> AsyncIterator[StoredObject]:
        pages = self._open_client().get_paginator("list_objects_v2")
        wanted = self._prefix + check_prefix(prefix)
        with server_errors(self._settings):
            async for page in pages.paginate(Bucket=self._settings.bucket, Prefix=wanted):
                for found in page.get("Contents", ()):
                    key = found["Key"].removeprefix(self._prefix)
                    if _is_key(key):
                        # A listing tells no media type; `stat` asks for it object by object.
                        yield StoredObject(
                            key=key,
                            size=found["Size"],
                            media_type="application/octet-stream",
                            modified=found["LastModified"].astimezone(UTC),
                        )

    async def link(
        self, key: str, *, expires: timedelta, filename: str | None = None
    ) -> str | None:
        wanted: dict[str, Any] = self._place(key)
        if filename:
            wanted["ResponseContentDisposition"] = disposition(filename)
        seconds = max(1, int(min(expires, LONGEST_LINK).total_seconds()))
        self._open_client()
        with server_errors(self._settings, key):
            return await self._public.generate_presigned_url(
                "get_object", Params=wanted, ExpiresIn=seconds
            )

    def local_path(self, key: str) -> Path | None:
        check_key(key)
        return None

    async def _send(self, described: dict[str, Any], parts: Parts) -> int:
        client = self._open_client()
        with server_errors(self._settings):
            return await send(client, described, parts)

    async def _connect(self, endpoint: str) -> Any:
        settings = self._settings
        config = AioConfig(
            signature_version="s3v4",
            s3={
                "addressing_style": "path" if settings.path_style and endpoint else "auto",
                # The MD5 of each body is signed in its stead: hashing it twice, and on the
                # loop, would hold up everybody.
                "payload_signing_enabled": False,
            },
            # Servers other than AWS refuse the checksums that are on by default.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            connect_timeout=5,
            read_timeout=60,
            retries={"mode": "standard", "max_attempts": 3},
            max_pool_connections=settings.connections,
        )
        session = aioboto3.Session(
            aws_access_key_id=settings.access_key or None,
            aws_secret_access_key=settings.secret_key or None,
            region_name=settings.region,
        )
        context: Any = session.client("s3", endpoint_url=endpoint or None, config=config)
        with server_errors(settings):
            return await self._stack.enter_async_context(context)

    def _place(self, key: str) -> dict[str, Any]:
        return {"Bucket": self._settings.bucket, "Key": self._prefix + check_key(key)}

    def _open_client(self) -> Any:
        if self._client is None:
            raise not_open()
        return self._client


def _is_key(key: str) -> bool:
    # What others put into the bucket is none of the studio's objects.
    try:
        return bool(check_key(key))
    except DirectorError:
        return False
