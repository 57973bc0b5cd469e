"""Node types that change pictures and sounds that are there already."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

import msgspec

from node_registry import NodeType, hint, schema_of, sockets

from .fields import (
    ActiveTake,
    Name,
    OneMedia,
    Pixels,
    ScriptLink,
    Share,
    TakeParams,
    Text,
    described,
)
from .ports import NEXT, PIPELINE, PREVIOUS, SOUND, VIDEO, port

Blend = Literal["normal", "multiply", "screen", "overlay", "add", "darken", "lighten"]


class StyleTransfer(TakeParams):
    name: Name = ""
    prompt: Text = ""
    strength: Share = 0.6


class Upscale(msgspec.Struct):
    name: Name = ""
    factor: Annotated[float, hint(widget="slider", ge=1, le=8)] = 2
    width: Annotated[Pixels, described("Overrides the factor.")] = None
    height: Pixels = None
    active_take: ActiveTake = None


class Transition(msgspec.Struct):
    kind: Literal["cut", "fade", "dissolve", "wipe", "push"] = "dissolve"
    frames: Annotated[int, hint(unit="frames", ge=0, le=10_000)] = 12
    direction: Literal["left", "right", "up", "down"] = "left"
    overlap: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=10_000)] | None,
        hint(unit="frames"),
        described(
            "How many frames the two videos share; the others of the transition hold their last "
            "and first picture. Empty: all. In a sequence always all."
        ),
    ] = None
    script: ScriptLink = None
    active_take: ActiveTake = None


class Layer(msgspec.Struct):
    blend: Blend = "normal"
    opacity: Share = 1


class Composite(msgspec.Struct):
    name: Name = ""
    layers: Annotated[
        list[Layer], hint(max_length=64), described("How each connected layer is laid, from below.")
    ] = []
    width: Annotated[Pixels, described("Empty: the film's.")] = None
    height: Pixels = None
    active_take: ActiveTake = None


class SyncMark(msgspec.Struct):
    time: Annotated[float, hint(unit="s", ge=0, le=86_400)] = 0
    label: Name = ""


class Audio(msgspec.Struct):
    name: Name = ""
    gain: Annotated[float, hint(widget="slider", unit="dB", ge=-60, le=24)] = 0
    start: Annotated[float, hint(widget="duration", unit="s", ge=0, le=86_400)] = 0
    duration: Annotated[float | None, hint(unit="s")] = None
    fade_in: Annotated[float, hint(widget="duration", unit="s", ge=0, le=600)] = 0
    fade_out: Annotated[float, hint(widget="duration", unit="s", ge=0, le=600)] = 0
    loudness: Annotated[float | None, hint(unit="LUFS"), described("Empty: left as it is.")] = None
    media: Annotated[OneMedia, described("The sound, where none is connected.")] = None
    marks: Annotated[
        list[SyncMark],
        hint(max_length=500, digest=False),
        described("Moments of the sound that belong to a moment of the picture."),
    ] = []
    active_take: ActiveTake = None


_processing = partial(NodeType, category="Processing")

NODE_TYPES = (
    _processing(
        id="film.style_transfer",
        title="Style transfer",
        color="#7a4aa3",
        icon="brush",
        params=schema_of(StyleTransfer),
        inputs=(
            port("video", sockets.VIDEO, required=True),
            port("style", sockets.STYLE, required=True),
            PIPELINE,
        ),
        outputs=(VIDEO,),
    ),
    _processing(
        id="film.upscale",
        title="Upscale",
        color="#8a4440",
        icon="maximize",
        params=schema_of(Upscale),
        inputs=(port("video", sockets.VIDEO, required=True), PIPELINE),
        outputs=(VIDEO,),
    ),
    _processing(
        id="film.transition",
        title="Transition",
        color="#6b6b6b",
        icon="blend",
        width=280,
        description=(
            "Between two shots of a sequence they overlap; with two videos it is rendered."
        ),
        params=schema_of(Transition),
        inputs=(
            PREVIOUS,
            port("a", sockets.VIDEO, "From"),
            port("b", sockets.VIDEO, "To"),
        ),
        outputs=(NEXT, VIDEO),
    ),
    _processing(
        id="film.composite",
        title="Composite",
        color="#8a4440",
        icon="layers",
        width=320,
        params=schema_of(Composite),
        inputs=(
            port("layers", sockets.VIDEO, many=True, required=True),
            port("mask", sockets.MASK),
        ),
        outputs=(VIDEO,),
    ),
    _processing(
        id="film.audio",
        title="Audio",
        color="#2f7f62",
        icon="sliders-horizontal",
        description="A sound from a file or another node: its level, trim, fades and marks.",
        width=300,
        params=schema_of(Audio),
        inputs=(port("audio", sockets.AUDIO),),
        outputs=(SOUND,),
    ),
)
