"""The SDK of Movie Director: all that a plugin imports.

A plugin of ten lines:

    from node_registry import NodeType, Socket, hookimpl, sockets

    @hookimpl
    def register_node_types():
        return [NodeType(id="acme.note", title="Note", category="Acme", kind="value",
                         outputs=(Socket(id="text", type=sockets.TEXT),))]
"""

from . import sockets
from .assets import (
    ASSETS,
    Angle,
    AssetKind,
    AssetRef,
    Character,
    Environment,
    Prop,
    Style,
    Variation,
)
from .backends import (
    CHECKPOINT_LIMIT,
    Backend,
    BackendSpec,
    Ingredients,
    RunContext,
)
from .catalogs import CatalogEntry, CatalogProblem, CatalogSpec
from .derivatives import DerivativeKind, DerivativeSpec, DerivedFile, Segment, SegmentSpec
from .errors import BackendError, Cancelled, DirectorError, OutOfMemory
from .exporters import ExporterSpec
from .health import Health, HealthCheck, HealthState
from .hooks import API_VERSION, ENTRY_POINT_GROUP, hookimpl
from .media import Facts, Media
from .nodes import NodeKind, NodeType
from .params import JsonSchema, hint, schema_of
from .pipelines import PipelineFormat, PipelineModel, PipelineParameter, PipelineSummary
from .probes import ProbeSpec
from .requests import Input, Params, RenderSettings, Request, Slate, Tier
from .resources import Capabilities, Device, DeviceKind, Gpu, Needs, Reserved, Server
from .run_events import (
    PREVIEW_LIMIT,
    Log,
    NeedsInput,
    Output,
    Preview,
    Progress,
    RunEvent,
    Usage,
)
from .sockets import Converter, Socket, SocketType
from .storages import Storage, StorageSpec, StoredObject
from .tracing import trace_headers
from .version_control import (
    Author,
    BinaryFile,
    Branch,
    BranchUpdate,
    Change,
    Commit,
    Divergence,
    FileChange,
    MediaFile,
    Push,
    PushedFile,
    PushGate,
    Removal,
    TextFile,
    VersionControl,
    VersionControlSpec,
)

__all__ = [
    "API_VERSION",
    "ASSETS",
    "CHECKPOINT_LIMIT",
    "ENTRY_POINT_GROUP",
    "PREVIEW_LIMIT",
    "Angle",
    "AssetKind",
    "AssetRef",
    "Author",
    "Backend",
    "BackendError",
    "BackendSpec",
    "BinaryFile",
    "Branch",
    "BranchUpdate",
    "Cancelled",
    "Capabilities",
    "CatalogEntry",
    "CatalogProblem",
    "CatalogSpec",
    "Change",
    "Character",
    "Commit",
    "Converter",
    "DerivativeKind",
    "DerivativeSpec",
    "DerivedFile",
    "Device",
    "DeviceKind",
    "DirectorError",
    "Divergence",
    "Environment",
    "ExporterSpec",
    "Facts",
    "FileChange",
    "Gpu",
    "Health",
    "HealthCheck",
    "HealthState",
    "Ingredients",
    "Input",
    "JsonSchema",
    "Log",
    "Media",
    "MediaFile",
    "Needs",
    "NeedsInput",
    "NodeKind",
    "NodeType",
    "OutOfMemory",
    "Output",
    "Params",
    "PipelineFormat",
    "PipelineModel",
    "PipelineParameter",
    "PipelineSummary",
    "Preview",
    "ProbeSpec",
    "Progress",
    "Prop",
    "Push",
    "PushGate",
    "PushedFile",
    "Removal",
    "RenderSettings",
    "Request",
    "Reserved",
    "RunContext",
    "RunEvent",
    "Segment",
    "SegmentSpec",
    "Server",
    "Slate",
    "Socket",
    "SocketType",
    "Storage",
    "StorageSpec",
    "StoredObject",
    "Style",
    "TextFile",
    "Tier",
    "Usage",
    "Variation",
    "VersionControl",
    "VersionControlSpec",
    "hint",
    "hookimpl",
    "schema_of",
    "sockets",
    "trace_headers",
]
