"""Watches a Wan2GP installation that the operator names; brings no node types, since none runs yet.

This module is the plugin's door; the HTTP client is loaded when the installation is asked.
"""

from __future__ import annotations

from collections.abc import Iterable

from node_registry import Health, HealthCheck, hookimpl

from .settings import Settings

__all__ = ["Settings", "check_health", "register_settings"]


@hookimpl
def register_settings() -> type[Settings]:
    """Where the installation is."""
    return Settings


@hookimpl
def check_health(settings: Settings) -> Iterable[HealthCheck]:
    """Whether the installation answers, and by which of its doors."""

    async def installation() -> Health:
        from .health import installation

        return await installation(settings)

    return [HealthCheck(name="installation", run=installation)]
