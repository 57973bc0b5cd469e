"""The built-in socket types and their colours, and the conversions of plain values."""

from __future__ import annotations

import math
from typing import Any

from node_registry import Converter, SocketType, sockets

SOCKET_TYPES = (
    SocketType(id=sockets.VIDEO, title="Video", color="#e5534b", media=True),
    SocketType(id=sockets.IMAGE, title="Image", color="#e0a030", media=True),
    SocketType(id=sockets.AUDIO, title="Audio", color="#3fb68b", media=True),
    SocketType(
        id=sockets.MASK,
        title="Mask",
        color="#b9b9b9",
        media=True,
        accepts=(sockets.IMAGE,),
        description="A picture that is read by its brightness: white is kept.",
    ),
    SocketType(
        id=sockets.CONTROL_MAP,
        title="Control map",
        color="#8b7fd6",
        media=True,
        accepts=(sockets.MASK, sockets.IMAGE),
        description="A picture that steers another: depth, pose, edges.",
    ),
    SocketType(id=sockets.TEXT, title="Text", color="#7fc4f5"),
    SocketType(id=sockets.NUMBER, title="Number", color="#a3c76d"),
    SocketType(id=sockets.BOOLEAN, title="Yes or no", color="#d58fc0"),
    SocketType(id=sockets.ARRAY, title="List", color="#6f8fae"),
    SocketType(id=sockets.CHARACTER, title="Character", color="#f07fa0"),
    SocketType(id=sockets.STYLE, title="Style", color="#b678e8"),
    SocketType(id=sockets.ENVIRONMENT, title="Environment", color="#5fae57"),
    SocketType(
        id=sockets.ASSET_REFERENCE,
        title="Asset",
        color="#c9a27a",
        accepts=(sockets.CHARACTER, sockets.STYLE, sockets.ENVIRONMENT),
        description="A character, a style or an environment, whichever is connected.",
    ),
    SocketType(id=sockets.STYLE_PARAMETERS, title="Style parameters", color="#9a6bd0"),
    SocketType(id=sockets.CAMERA_DATA, title="Camera", color="#4fb3bf"),
    SocketType(id=sockets.PIPELINE, title="Pipeline", color="#d9775f"),
    SocketType(
        id=sockets.EDL, title="EDL", color="#cfc46a", media=True, description="An edit list."
    ),
    SocketType(
        id=sockets.SEQUENCE,
        title="Sequence",
        color="#8f8f8f",
        order_only=True,
        description="What comes after what. It carries nothing and makes no take stale.",
    ),
)


def _write_number(number: Any) -> str:
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    return str(number)


def _read_number(text: Any) -> float:
    number = float(str(text).strip().replace(",", "."))
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return int(number) if number.is_integer() else number


CONVERTERS = (
    Converter(source=sockets.NUMBER, target=sockets.TEXT, convert=_write_number),
    Converter(
        source=sockets.BOOLEAN, target=sockets.TEXT, convert=lambda on: "yes" if on else "no"
    ),
    Converter(source=sockets.BOOLEAN, target=sockets.NUMBER, convert=lambda on: 1 if on else 0),
    Converter(
        source=sockets.NUMBER,
        target=sockets.BOOLEAN,
        cost=2,
        lossy=True,
        convert=lambda number: number != 0,
    ),
    Converter(source=sockets.TEXT, target=sockets.NUMBER, cost=2, lossy=True, convert=_read_number),
    Converter(source=sockets.IMAGE, target=sockets.VIDEO, cost=4, node_type="media.still"),
    Converter(source=sockets.ARRAY, target=sockets.VIDEO, cost=4, node_type="media.image_sequence"),
    Converter(
        source=sockets.STYLE,
        target=sockets.STYLE_PARAMETERS,
        convert=lambda style: {key: style.get(key) for key in ("keywords", "palette", "lut")},
    ),
)
