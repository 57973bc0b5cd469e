"""The built-in socket types and their colours, and the conversions of plain values."""

from __future__ import annotations

import math
from typing import Any

from node_registry import Converter, DirectorError, SocketType, sockets

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
    return str(_number(number))


def _read_number(text: Any) -> float:
    try:
        number = float(str(text).strip().replace(",", "."))
    except ValueError:
        raise _not(text, "a number", 'Write digits, such as "24" or "0.5".') from None
    if not math.isfinite(number):
        raise _not(text, "a number", 'Write digits, such as "24" or "0.5".')
    return int(number) if number.is_integer() else number


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _not(value, "a number", "Connect a number.")
    return value


def _yes(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _not(value, "yes or no", "Connect a switch.")
    return value


def _style_parameters(style: Any) -> dict[str, Any]:
    if not isinstance(style, dict):
        raise _not(style, "a style", "Connect a Style node.")
    return {key: style.get(key) for key in ("keywords", "palette", "lut")}


def _not(value: Any, what: str, hint: str) -> DirectorError:
    return DirectorError("value.not_convertible", f"{str(value)[:40]!r} is not {what}.", hint=hint)


CONVERTERS = (
    Converter(source=sockets.NUMBER, target=sockets.TEXT, convert=_write_number),
    Converter(
        source=sockets.BOOLEAN, target=sockets.TEXT, convert=lambda on: "yes" if _yes(on) else "no"
    ),
    Converter(source=sockets.BOOLEAN, target=sockets.NUMBER, convert=lambda on: int(_yes(on))),
    Converter(
        source=sockets.NUMBER,
        target=sockets.BOOLEAN,
        cost=2,
        lossy=True,
        convert=lambda number: _number(number) != 0,
    ),
    Converter(source=sockets.TEXT, target=sockets.NUMBER, cost=2, lossy=True, convert=_read_number),
    Converter(source=sockets.IMAGE, target=sockets.VIDEO, cost=4, node_type="media.still"),
    Converter(source=sockets.ARRAY, target=sockets.VIDEO, cost=4, node_type="media.image_sequence"),
    Converter(
        source=sockets.VIDEO, target=sockets.IMAGE, cost=6, lossy=True, node_type="media.frame"
    ),
    Converter(
        source=sockets.VIDEO,
        target=sockets.AUDIO,
        cost=6,
        lossy=True,
        node_type="media.video_sound",
    ),
    Converter(
        source=sockets.STYLE,
        target=sockets.STYLE_PARAMETERS,
        convert=_style_parameters,
    ),
)
