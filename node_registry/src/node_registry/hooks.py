"""The plugin contract: every hook that the studio calls, and nothing else.

A plugin is any object (usually a module) in the entry-point group `director.plugins` whose
functions are marked with `hookimpl`; it takes any subset of the hooks and of their arguments.
Hooks are synchronous, cheap and free of side effects: they return descriptors. Heavy imports
(torch, av, docker) belong inside the factories, not at the top of the module.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import msgspec
import pluggy

from .backends import BackendSpec
from .catalogs import CatalogSpec
from .derivatives import DerivativeSpec, SegmentSpec
from .exporters import ExporterSpec
from .health import HealthCheck
from .nodes import NodeType
from .pipelines import PipelineFormat
from .probes import ProbeSpec
from .sockets import Converter, SocketType
from .storages import StorageSpec
from .version_control import VersionControlSpec

API_VERSION = 1
PROJECT = "director"
ENTRY_POINT_GROUP = "director.plugins"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_settings() -> type[msgspec.Struct]:  # type: ignore[empty-body]
    """The Struct of this plugin's settings.

    Filled from `DIRECTOR_PLUGIN_<NAME>__<FIELD>`, where NAME is the entry point's name, and given
    to the other hooks as `settings`. Without this hook `settings` is None.
    """


@hookspec
def register_socket_types() -> Iterable[SocketType]:  # type: ignore[empty-body]
    """Socket types that this plugin adds. An id that exists already is an error of the plugin."""


@hookspec
def register_converters() -> Iterable[Converter]:  # type: ignore[empty-body]
    """Conversions between socket types that this plugin offers."""


@hookspec
def register_node_types(settings: Any) -> Iterable[NodeType]:  # type: ignore[empty-body]
    """Node types that this plugin brings to the canvas.

    Called once in each process, at start. Raise nothing: a node that cannot work on this machine is
    returned with `unavailable="why"`.
    """


@hookspec
def register_catalogs(settings: Any) -> Iterable[CatalogSpec]:  # type: ignore[empty-body]
    """Sources of further node types: files that the operator adds, such as manifests.

    Each is read after the node types of this plugin are known; what it brings joins them.
    """


@hookspec
def register_backends(settings: Any) -> Iterable[BackendSpec]:  # type: ignore[empty-body]
    """Backends that run node types, this plugin's or others'."""


@hookspec
def register_pipeline_formats(settings: Any) -> Iterable[PipelineFormat]:  # type: ignore[empty-body]
    """Kinds of workflows that people may bring to a project, and that a backend of yours runs."""


@hookspec
def register_storages(settings: Any) -> Iterable[StorageSpec]:  # type: ignore[empty-body]
    """Places where bytes can lie."""


@hookspec
def register_version_control(settings: Any) -> Iterable[VersionControlSpec]:  # type: ignore[empty-body]
    """Version control systems for project folders."""


@hookspec
def register_exporters(settings: Any) -> Iterable[ExporterSpec]:  # type: ignore[empty-body]
    """Formats that a cut can be written in."""


@hookspec
def register_probes(settings: Any) -> Iterable[ProbeSpec]:  # type: ignore[empty-body]
    """What looks into the files that people bring. The first that accepts a file is believed."""


@hookspec
def register_derivatives(settings: Any) -> Iterable[DerivativeSpec]:  # type: ignore[empty-body]
    """What makes thumbnails, filmstrips, proxies and waveforms from media of some types.

    The first that serves a kind and a media type is used.
    """


@hookspec
def register_segments(settings: Any) -> Iterable[SegmentSpec]:  # type: ignore[empty-body]
    """What makes segments of streams. The first that serves a media type is used."""


@hookspec
def check_health(settings: Any, process: Literal["api", "worker"]) -> Iterable[HealthCheck]:  # type: ignore[empty-body]
    """Checks of what this plugin needs of the machine or the network, in this kind of process."""
