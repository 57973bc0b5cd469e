"""Whether the S3 server that the settings name can be used, tried out once, for the doctor."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import suppress

from node_registry import DirectorError, Health, Storage

from .settings import Settings

WITHIN = 4.5
TRIAL = b"Movie Director was here."


async def ask_server(settings: Settings) -> Health:
    """Put an object into the bucket, read it, remove it. What fails comes in the storage's words.

    To look at a bucket needs fewer rights than to work in it, and so tells too little.
    """
    from .s3 import S3Storage

    try:
        async with asyncio.timeout(WITHIN):
            storage = S3Storage(settings)
            try:
                await storage.open()
                rules = storage.rules
                whole = await _try_out(storage)
            finally:
                await storage.close()
    except DirectorError as error:
        return Health("failed", error.message, error.hint)
    except TimeoutError:
        return Health(
            "failed",
            f"The S3 server did not answer within {WITHIN:g} s.",
            "Check DIRECTOR_PLUGIN_STORAGE__ENDPOINT and the network between.",
        )
    if not whole:
        return Health(
            "failed",
            f"The bucket {settings.bucket!r} gave other bytes than were put into it.",
            "Look for what changes objects on the way: a cache, or a proxy.",
        )
    said = f"The bucket {settings.bucket!r} takes objects and gives them back."
    if rules.missing:
        said += (
            f" It takes no rule for the life of objects ({rules.missing}): see to it yourself that "
            "uploads that were never finished are removed after a day."
        )
    return Health("ok", said)


async def _try_out(storage: Storage) -> bool:
    async def source() -> AsyncIterator[bytes]:
        yield TRIAL

    # A name of its own, since other machines may try at the same moment.
    key = f"health/{uuid.uuid4().hex}"
    await storage.put(key, source(), media_type="text/plain")
    try:
        read = b"".join([chunk async for chunk in storage.read(key)])
    except DirectorError:
        # The trial is not left behind; why it cannot be read is worth more than why not removed.
        with suppress(DirectorError):
            await storage.delete(key)
        raise
    await storage.delete(key)
    return read == TRIAL
