"""ComfyUI: workflows on servers that the operator names make shots, pictures and sound.

This module is the plugin's door; the clients are loaded when a server is asked.
"""

from __future__ import annotations

from collections.abc import Iterable

from node_registry import BackendSpec, Health, HealthCheck, PipelineFormat, hookimpl

from .format import format_of
from .settings import Settings
from .spec import workflow_spec

__all__ = [
    "Settings",
    "check_health",
    "register_backends",
    "register_pipeline_formats",
    "register_settings",
    "workflow_spec",
]


@hookimpl
def register_settings() -> type[Settings]:
    """Where the servers are."""
    return Settings


@hookimpl
def register_backends(settings: Settings) -> Iterable[BackendSpec]:
    """The backend of workflows; none without a server."""
    return [workflow_spec(settings)] if settings.addresses() else []


@hookimpl
def register_pipeline_formats(settings: Settings) -> Iterable[PipelineFormat]:
    """Workflows in API format: they may be brought to a library before there is a server."""
    return [format_of(settings)]


@hookimpl
def check_health(settings: Settings) -> Iterable[HealthCheck]:
    """Whether each server answers, and what it runs on."""

    def check(name: str, url: str) -> HealthCheck:
        async def server() -> Health:
            from .health import server

            return await server(url)

        return HealthCheck(name=name, run=server)

    found = settings.addresses()
    if len(found) < 2:
        return [check("server", next(iter(found.values()), ""))]
    return [check(name.removeprefix("comfyui/"), url) for name, url in found.items()]
