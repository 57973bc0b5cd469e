"""Objects that a backup names and does not hold, because they lie in a storage of their own."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from app.media import ObjectStore
from app.platform.plugins import load_plugins
from app.settings import Settings
from node_registry import DirectorError

from ..storage import open_store
from .manifest import Manifest, StoredObject

AT_ONCE = 16
SHOWN = 3


@asynccontextmanager
async def storage_of(settings: Settings) -> AsyncIterator[ObjectStore]:
    """The storage that the settings name, connected. Raises what it says when it is away."""
    store = await open_store(settings, load_plugins("worker"))
    try:
        yield store
    finally:
        await store.close()


async def missing_of(
    store: ObjectStore, objects: Sequence[StoredObject], *, read: bool = False
) -> list[str]:
    """The digests of those that the storage has not, or in another size; with `read`, also of
    those whose bytes, of which every one is read, are others."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def is_there(one: StoredObject) -> bool:
        async with gate:
            try:
                if await store.size_of(one.sha256) != one.size:
                    return False
            except DirectorError as error:
                if error.code != "media.missing":
                    raise
                return False
            if not read:
                return True
            seen = hashlib.sha256()
            async for chunk in store.read(one.sha256, 0, one.size):
                seen.update(chunk)
            return seen.hexdigest() == one.sha256

    there = await asyncio.gather(*(is_there(one) for one in objects))
    return [one.sha256 for one, found in zip(objects, there, strict=True) if not found]


async def check_elsewhere(settings: Settings, manifest: Manifest, *, read: bool) -> None:
    """Raises `restore.objects_missing` when the storage has not all that a backup names, but for
    what the backup itself brings, since it was still to be sent."""
    brought = {file.path.rpartition("/")[2] for file in manifest.files}
    wanted = [one for one in manifest.elsewhere if one.sha256 not in brought]
    if not wanted:
        return
    async with storage_of(settings) as store:
        missing = await missing_of(store, wanted, read=read)
    if missing:
        some = ", ".join(f"{digest[:12]}…" for digest in missing[:SHOWN])
        raise DirectorError(
            "restore.objects_missing",
            f"The storage {settings.storage} lacks {len(missing)} of the {len(wanted)} objects "
            f"that this backup names, or has other bytes for them: {some}.",
            hint="Restore the bucket to the day of the backup or later, then try again.",
            status=409,
        )
