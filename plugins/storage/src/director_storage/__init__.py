"""Where the bytes of takes and assets lie: a local folder, or any S3 server."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from node_registry import HealthCheck, Storage, StorageSpec, hookimpl

from .settings import Settings

__all__ = ["Settings", "check_health", "register_settings", "register_storages"]


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


@hookimpl
def check_health(settings: Settings) -> Iterable[HealthCheck]:
    # Without a bucket the studio keeps its bytes in a folder, and there is no server to ask.
    if not settings.bucket:
        return []
    from .health import ask_server

    return [HealthCheck(name="S3", run=lambda: ask_server(settings))]
