"""Watches a ComfyUI server that the operator names; brings no node types, since none runs yet.

This module is the plugin's door; the HTTP client is loaded when the server is asked.
"""

from __future__ import annotations

from collections.abc import Iterable

from node_registry import Health, HealthCheck, hookimpl

from .settings import Settings

__all__ = ["Settings", "check_health", "register_settings"]


@hookimpl
def register_settings() -> type[Settings]:
    """Where the server is."""
    return Settings


@hookimpl
def check_health(settings: Settings) -> Iterable[HealthCheck]:
    """Whether the server answers, and what it runs on."""

    async def server() -> Health:
        from .health import server

        return await server(settings)

    return [HealthCheck(name="server", run=server)]
