"""The SDK of Movie Director: all that a plugin imports.

A plugin of ten lines:

    from node_registry import NodeType, Socket, hookimpl, sockets

    @hookimpl
    def register_node_types():
        return [NodeType(id="acme.note", title="Note", category="Acme", kind="value",
                         outputs=(Socket(id="text", type=sockets.TEXT),))]
"""

from . import sockets
from .backends import (
    Backend,
    BackendSpec,
    Capabilities,
    Gpu,
    Input,
    Log,
    Needs,
    NeedsInput,
    Output,
    Preview,
    Progress,
    RenderSettings,
    Request,
    RunContext,
    RunEvent,
    Slate,
    Tier,
    Usage,
)
from .catalogs import CatalogEntry, CatalogProblem, CatalogSpec
from .derivatives import DerivativeKind, DerivativeSpec, DerivedFile
from .errors import BackendError, Cancelled, DirectorError
from .exporters import ExporterSpec
from .health import Health, HealthCheck
from .hooks import API_VERSION, ENTRY_POINT_GROUP, hookimpl
from .media import Media
from .nodes import NodeType
from .params import hint, schema_of
from .probes import ProbeSpec
from .sockets import Converter, Socket, SocketType
from .storages import Storage, StorageSpec, StoredObject
from .version_control import (
    Author,
    Change,
    Commit,
    MediaFile,
    Removal,
    TextFile,
    VersionControl,
    VersionControlSpec,
)

__all__ = [
    "API_VERSION",
    "ENTRY_POINT_GROUP",
    "Author",
    "Backend",
    "BackendError",
    "BackendSpec",
    "Cancelled",
    "Capabilities",
    "CatalogEntry",
    "CatalogProblem",
    "CatalogSpec",
    "Change",
    "Commit",
    "Converter",
    "DerivativeKind",
    "DerivativeSpec",
    "DerivedFile",
    "DirectorError",
    "ExporterSpec",
    "Gpu",
    "Health",
    "HealthCheck",
    "Input",
    "Log",
    "Media",
    "MediaFile",
    "Needs",
    "NeedsInput",
    "NodeType",
    "Output",
    "Preview",
    "ProbeSpec",
    "Progress",
    "Removal",
    "RenderSettings",
    "Request",
    "RunContext",
    "RunEvent",
    "Slate",
    "Socket",
    "SocketType",
    "Storage",
    "StorageSpec",
    "StoredObject",
    "TextFile",
    "Tier",
    "Usage",
    "VersionControl",
    "VersionControlSpec",
    "hint",
    "hookimpl",
    "schema_of",
    "sockets",
]
