"""HTTP services: nodes that ask one for a picture, a video or a sound.

This module is the plugin's door; the HTTP client is loaded when a service is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from node_registry import BackendSpec, CatalogSpec, NodeType, hookimpl

from .nodes import NODE_TYPES
from .settings import Settings
from .spec import http_spec

__all__ = [
    "Settings",
    "http_spec",
    "register_backends",
    "register_catalogs",
    "register_node_types",
    "register_settings",
]

_NO_HOST = "The operator allows no host: DIRECTOR_PLUGIN_HTTP__HOSTS names those to be asked."


@hookimpl
def register_settings() -> type[Settings]:
    """Which hosts may be asked, and with which secrets."""
    return Settings


@hookimpl
def register_node_types(settings: Settings) -> Iterable[NodeType]:
    """The nodes; without a host they say why they cannot run."""
    if settings.allowed():
        return NODE_TYPES
    return [msgspec.structs.replace(one, unavailable=_NO_HOST) for one in NODE_TYPES]


@hookimpl
def register_catalogs(settings: Settings) -> Iterable[CatalogSpec]:
    """The operator's services: what comes into their folder is seen while the studio runs."""
    if not settings.services:
        return []

    def load():
        from .openapi import entries_of

        return entries_of(Path(settings.services))

    def stamp():
        from .openapi import stamp_of

        return stamp_of(Path(settings.services))

    return [CatalogSpec(name="services", title="OpenAPI services", load=load, stamp=stamp)]


@hookimpl
def register_backends(settings: Settings) -> Iterable[BackendSpec]:
    """The backend; none where no host is allowed."""
    return [http_spec(settings)] if settings.allowed() else []
