"""The built-in exporters, offered through the same door as a plugin's."""

from __future__ import annotations

from collections.abc import Iterable

from node_registry import ExporterSpec, hookimpl

from .exporters import EXPORTERS


@hookimpl
def register_exporters() -> Iterable[ExporterSpec]:
    """CMX 3600 and OpenTimelineIO."""
    return EXPORTERS
