"""Whether the S3 server that the settings name can be used, asked once, for the doctor."""

from __future__ import annotations

from node_registry import DirectorError, Health

from .settings import Settings


async def ask_server(settings: Settings) -> Health:
    """Connect, look at the bucket, and let go. What is wrong comes in the storage's own words."""
    from .s3 import S3Storage

    try:
        storage = S3Storage(settings)
        try:
            await storage.open()
        finally:
            await storage.close()
    except DirectorError as error:
        return Health("failed", error.message, error.hint)
    return Health("ok", f"The bucket {settings.bucket!r} is there, and the studio may use it.")
