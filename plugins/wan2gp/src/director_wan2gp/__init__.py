"""Wan2GP: installations that the operator names make shots, pictures, sound and voices.

This module is the plugin's door; the HTTP client is loaded when an installation is asked.
"""

from __future__ import annotations

from collections.abc import Iterable

from node_registry import BackendSpec, Health, HealthCheck, PipelineFormat, hookimpl

from .settings import Settings
from .spec import wan2gp_spec
from .template import FORMAT

__all__ = [
    "Settings",
    "check_health",
    "register_backends",
    "register_pipeline_formats",
    "register_settings",
    "wan2gp_spec",
]


@hookimpl
def register_settings() -> type[Settings]:
    """Where the installations are."""
    return Settings


@hookimpl
def register_backends(settings: Settings) -> Iterable[BackendSpec]:
    """The backend of all installations; none without an address."""
    return [wan2gp_spec(settings)] if settings.addresses() else []


@hookimpl
def register_pipeline_formats() -> Iterable[PipelineFormat]:
    """Settings that Wan2GP exports: they may be brought to a library before it is there."""
    return [FORMAT]


@hookimpl
def check_health(settings: Settings) -> Iterable[HealthCheck]:
    """Whether each installation answers, and by which of its doors."""

    def check(name: str, url: str) -> HealthCheck:
        async def installation() -> Health:
            from .health import installation

            return await installation(url)

        return HealthCheck(name=name, run=installation)

    found = settings.addresses()
    if len(found) < 2:
        return [check("installation", next(iter(found.values()), ""))]
    return [check(name.removeprefix("wan2gp/"), url) for name, url in found.items()]
