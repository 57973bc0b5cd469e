"""Socket types, sockets and converters: what may be connected to what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

VIDEO = "Video"
IMAGE = "Image"
AUDIO = "Audio"
TEXT = "Text"
NUMBER = "Number"
BOOLEAN = "Boolean"
ARRAY = "Array"
CHARACTER = "Character"
STYLE = "Style"
ENVIRONMENT = "Environment"
ASSET_REFERENCE = "AssetReference"
STYLE_PARAMETERS = "StyleParameters"
CAMERA_DATA = "CameraData"
MASK = "Mask"
CONTROL_MAP = "ControlMap"
PIPELINE = "Pipeline"
EDL = "EDL"
SEQUENCE = "Sequence"
ANY = "*"


class SocketType(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of value that travels along an edge.

    `color` is a CSS hex colour. `media` is true when the value is bytes in the storage (a video)
    rather than JSON (a number). `order_only` marks a type that orders nodes and carries nothing:
    it enters no digest. `accepts` names the types that an input of this type takes besides its
    own, without conversion (an `AssetReference` input takes a `Character`).
    """

    id: str
    title: str
    color: str
    media: bool = False
    order_only: bool = False
    accepts: tuple[str, ...] = ()
    description: str = ""


class Socket(msgspec.Struct, frozen=True, kw_only=True):
    """One input or output of a node type.

    `type` is a `SocketType.id`, or `"*"` for any. `many` inputs take several edges, in their
    order; others take one. `required` inputs must be connected before the node can run.
    """

    id: str
    type: str
    title: str = ""
    many: bool = False
    required: bool = False
    description: str = ""


class Converter(msgspec.Struct, frozen=True, kw_only=True):
    """A way from one socket type to another, put into the plan where an edge needs it.

    `cost` orders alternatives (the cheapest is taken). `lossy` is shown to the person who
    connects. A conversion of JSON values is the pure function `convert`; one of media is done by
    a backend that serves the node type `node_type`, whose first input and first output are used.
    Exactly one of the two is given.
    """

    source: str
    target: str
    cost: float = 1.0
    lossy: bool = False
    convert: Callable[[Any], Any] | None = None
    node_type: str | None = None
