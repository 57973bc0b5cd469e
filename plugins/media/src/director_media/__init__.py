"""Built-in backends on the CPU: animatic, transition, composite, upscale, audio, conform.

This module is the plugin's door and imports nothing heavy: no av, numpy or PIL.
"""

from __future__ import annotations

from collections.abc import Iterable

from node_registry import (
    BackendSpec,
    DerivativeSpec,
    Health,
    HealthCheck,
    NodeType,
    ProbeSpec,
    SegmentSpec,
    hookimpl,
)

from .settings import Settings


@hookimpl
def register_settings() -> type[Settings]:
    """Where voices are."""
    return Settings


@hookimpl
def register_backends(settings: Settings) -> Iterable[BackendSpec]:
    """The backends that make a film on any machine."""
    from .specs import all_specs

    return all_specs(settings)


@hookimpl
def register_node_types() -> Iterable[NodeType]:
    """The conversions between pictures, video and sound."""
    from .nodes import NODE_TYPES

    return NODE_TYPES


@hookimpl
def register_probes() -> Iterable[ProbeSpec]:
    """Pictures, video and sound, looked at in a process with limits."""
    from .probe.files import MEDIA_TYPES, probe

    return [ProbeSpec(name="media", media_types=tuple(MEDIA_TYPES.values()), probe=probe)]


@hookimpl
def register_derivatives() -> Iterable[DerivativeSpec]:
    """Thumbnails, filmstrips, proxies and waveforms, made in processes of low priority."""
    from .derivatives.specs import SPECS

    return SPECS


@hookimpl
def register_segments() -> Iterable[SegmentSpec]:
    """Segments of streams, made in processes of low priority."""
    from .derivatives.specs import SEGMENTS

    return [SEGMENTS]


@hookimpl
def check_health(settings: Settings) -> Iterable[HealthCheck]:
    """Encoders, fonts, voices, and how decoders are locked in."""
    from .health import encoders, fonts, sandbox, voices

    async def speaking() -> Health:
        return await voices(settings)

    return [
        HealthCheck(name="video and sound", run=encoders),
        HealthCheck(name="sandbox of decoders", run=sandbox),
        HealthCheck(name="fonts", run=fonts),
        HealthCheck(name="voices", run=speaking),
    ]
