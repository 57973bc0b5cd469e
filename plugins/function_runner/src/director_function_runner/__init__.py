"""Model repositories as nodes, each described by one manifest (`function/v0`).

This module is the plugin's door; manifests are read, and YAML is loaded, when the catalog is.
"""

from __future__ import annotations

from collections.abc import Iterable

from node_registry import BackendSpec, CatalogSpec, HealthCheck, SocketType, hookimpl

from .folder import stamp_of
from .settings import Settings
from .sockets import SOCKET_TYPES

__all__ = [
    "Settings",
    "check_health",
    "register_backends",
    "register_catalogs",
    "register_settings",
    "register_socket_types",
]


@hookimpl
def register_settings() -> type[Settings]:
    """The folder of manifests."""
    return Settings


@hookimpl
def register_socket_types() -> Iterable[SocketType]:
    """Files and weights, which functions take and give besides pictures, video and sound."""
    return SOCKET_TYPES


@hookimpl
def register_catalogs(settings: Settings) -> Iterable[CatalogSpec]:
    """The operator's functions; what comes into their folder is seen while the studio runs."""

    def load():
        # The studio's own folder is there once the first function is.
        if not settings.manifests and not settings.folder().is_dir():
            return []
        from . import catalog

        return catalog.load(settings)

    def stamp():
        return stamp_of(settings.folder())

    return [CatalogSpec(name="functions", title="Function manifests", load=load, stamp=stamp)]


@hookimpl
def register_backends(settings: Settings) -> Iterable[BackendSpec]:
    """What runs all functions: in containers, or in environments of uv."""
    from .spec import spec_of

    return [spec_of(settings)]


@hookimpl
def check_health(settings: Settings) -> Iterable[HealthCheck]:
    """Whether the manifests can be read, and whether what runs them is there."""

    async def manifests():
        from .health import manifests

        return await manifests(settings)

    async def runtime():
        from .health import runtime

        return await runtime(settings)

    return [
        HealthCheck(name="manifests", run=manifests),
        HealthCheck(name="runtime", run=runtime),
    ]
