"""HTTP services: nodes that ask one for a picture, a video or a sound.

This module is the plugin's door; the HTTP client is loaded when a service is asked.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from node_registry import BackendSpec, NodeType, hookimpl

from .nodes import NODE_TYPES
from .settings import Settings
from .spec import http_spec

__all__ = ["Settings", "http_spec", "register_backends", "register_node_types", "register_settings"]

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
def register_backends(settings: Settings) -> Iterable[BackendSpec]:
    """The backend; none where no host is allowed."""
    return [http_spec(settings)] if settings.allowed() else []
