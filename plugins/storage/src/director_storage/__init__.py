"""Where the bytes of takes and assets lie: a local folder, or any S3 server."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from node_registry import Storage, StorageSpec, hookimpl

from .settings import Settings

__all__ = ["Settings", "register_settings", "register_storages"]


@hookimpl
def register_settings() -> type[Settings]:
    return Settings


@hookimpl
def register_storages(settings: Settings) -> Iterable[StorageSpec]:
    def local(home: Path) -> Storage:
        from .local import LocalStorage

        return LocalStorage(home)

    def s3(home: Path) -> Storage:
        # aioboto3 takes a third of a second to import, which a local studio need not wait for.
        from .s3 import S3Storage

        return S3Storage(settings)

    return [
        StorageSpec(name="local", title="A folder on this machine", factory=local),
        StorageSpec(name="s3", title="An S3 server", factory=s3),
    ]
