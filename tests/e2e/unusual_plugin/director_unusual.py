"""A node as no other is: twelve inputs, and a param for each way in which a value is edited."""

from __future__ import annotations

from typing import Annotated

import msgspec

from node_registry import Media, NodeType, Socket, hint, hookimpl, schema_of, sockets

TYPES = (
    sockets.VIDEO, sockets.IMAGE, sockets.AUDIO, sockets.TEXT, sockets.NUMBER, sockets.BOOLEAN,
    sockets.ARRAY, sockets.CHARACTER, sockets.STYLE, sockets.ENVIRONMENT, sockets.MASK,
    sockets.CONTROL_MAP,
)  # fmt: skip


class Falloff(msgspec.Struct):
    """Params within a param."""

    radius: float = 1.5
    hard: bool = False


class Lens(msgspec.Struct):
    """Params within params."""

    mount: str = "PL"
    falloff: Falloff = msgspec.field(default_factory=Falloff)


class Glass(msgspec.Struct):
    """The params of the node."""

    name: str = ""
    blades: Annotated[int, msgspec.Meta(ge=3, le=24)] = 9
    bloom: Annotated[float, msgspec.Meta(ge=0, le=1), hint(widget="slider")] = 0.25
    swirl: bool = False
    tint: Annotated[str, hint(widget="color")] = "#808080"
    response: Annotated[list[list[float]], hint(widget="curve")] = msgspec.field(
        default_factory=lambda: [[0.0, 0.0], [1.0, 1.0]]
    )
    lens: Annotated[Lens, hint(widget="object")] = msgspec.field(default_factory=Lens)
    plates: Annotated[list[Media], hint(widget="media", max_length=8)] = []
    words: Annotated[list[str], hint(widget="tags")] = []
    weights: Annotated[list[float], hint(widget="list")] = []


@hookimpl
def register_node_types() -> list[NodeType]:
    """The one node of this plugin; nothing here can run it."""
    inputs = tuple(Socket(id=f"in_{type.lower()}", type=type, title=type) for type in TYPES)
    return [
        NodeType(
            id="unusual.glass", title="Unusual glass", category="Processing", icon="aperture",
            color="#4f6a72", inputs=inputs, params=schema_of(Glass),
            outputs=(Socket(id="video", type=sockets.VIDEO, title="Video"),),
        )
    ]  # fmt: skip
