"""Node types that change pictures and sounds that are there already."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from node_registry import NodeType, Socket, hint, schema_of, sockets

from .generation import Count, Made, Name, Typed
from .shared import NEXT, PREVIOUS, note

CATEGORY = "Processing"

ActiveTake = Annotated[
    str | None, hint(widget="take", digest=False, write="system", collab="compare")
]
Blend = Literal["normal", "multiply", "screen", "overlay", "add", "darken", "lighten"]


class StyleTransfer(Made):
    name: Name = ""
    prompt: Typed = ""
    strength: Annotated[float, hint(widget="slider", ge=0, le=1)] = 0.6


class Upscale(msgspec.Struct):
    name: Name = ""
    factor: Annotated[float, hint(widget="slider", ge=1, le=8)] = 2
    width: Annotated[Count | None, hint(unit="px"), note("Overrides the factor.")] = None
    height: Annotated[Count | None, hint(unit="px")] = None
    active_take: ActiveTake = None


class Transition(msgspec.Struct):
    kind: Literal["cut", "fade", "dissolve", "wipe", "push"] = "dissolve"
    frames: Annotated[int, hint(unit="frames", ge=0, le=10_000)] = 12
    direction: Literal["left", "right", "up", "down"] = "left"
    script: Annotated[
        dict[str, Any] | None, hint(widget="hidden", digest=False, write="system")
    ] = None
    active_take: ActiveTake = None


class Layer(msgspec.Struct):
    blend: Blend = "normal"
    opacity: Annotated[float, hint(widget="slider", ge=0, le=1)] = 1


class Composite(msgspec.Struct):
    name: Name = ""
    layers: Annotated[
        list[Layer], hint(max_length=64), note("How each connected layer is laid, from below.")
    ] = []
    active_take: ActiveTake = None


class Audio(msgspec.Struct):
    name: Name = ""
    gain: Annotated[float, hint(widget="slider", unit="dB", ge=-60, le=24)] = 0
    start: Annotated[float, hint(widget="duration", unit="s", ge=0, le=86_400)] = 0
    duration: Annotated[float | None, hint(unit="s")] = None
    fade_in: Annotated[float, hint(widget="duration", unit="s", ge=0, le=600)] = 0
    fade_out: Annotated[float, hint(widget="duration", unit="s", ge=0, le=600)] = 0
    loudness: Annotated[float | None, hint(unit="LUFS"), note("Empty: left as it is.")] = None
    active_take: ActiveTake = None


NODE_TYPES = (
    NodeType(
        id="film.style_transfer",
        title="Style transfer",
        category=CATEGORY,
        color="#7a4aa3",
        icon="brush",
        params=schema_of(StyleTransfer),
        inputs=(
            Socket(id="video", type=sockets.VIDEO, title="Video", required=True),
            Socket(id="style", type=sockets.STYLE, title="Style", required=True),
            Socket(id="pipeline", type=sockets.PIPELINE, title="Pipeline"),
        ),
        outputs=(Socket(id="video", type=sockets.VIDEO, title="Video"),),
    ),
    NodeType(
        id="film.upscale",
        title="Upscale",
        category=CATEGORY,
        color="#8a4440",
        icon="maximize",
        params=schema_of(Upscale),
        inputs=(Socket(id="video", type=sockets.VIDEO, title="Video", required=True),),
        outputs=(Socket(id="video", type=sockets.VIDEO, title="Video"),),
    ),
    NodeType(
        id="film.transition",
        title="Transition",
        category=CATEGORY,
        color="#6b6b6b",
        icon="blend",
        width=220,
        description=(
            "Between two shots of a sequence they overlap; with two videos it is rendered."
        ),
        params=schema_of(Transition),
        inputs=(
            PREVIOUS,
            Socket(id="a", type=sockets.VIDEO, title="From"),
            Socket(id="b", type=sockets.VIDEO, title="To"),
        ),
        outputs=(NEXT, Socket(id="video", type=sockets.VIDEO, title="Video")),
    ),
    NodeType(
        id="film.composite",
        title="Composite",
        category=CATEGORY,
        color="#8a4440",
        icon="layers",
        params=schema_of(Composite),
        inputs=(
            Socket(id="layers", type=sockets.VIDEO, title="Layers", many=True, required=True),
            Socket(id="mask", type=sockets.MASK, title="Mask"),
        ),
        outputs=(Socket(id="video", type=sockets.VIDEO, title="Video"),),
    ),
    NodeType(
        id="film.audio",
        title="Audio",
        category=CATEGORY,
        color="#2f7f62",
        icon="sliders-horizontal",
        description="Level, trim and fades of a sound.",
        params=schema_of(Audio),
        inputs=(Socket(id="audio", type=sockets.AUDIO, title="Audio", required=True),),
        outputs=(Socket(id="audio", type=sockets.AUDIO, title="Audio"),),
    ),
)
