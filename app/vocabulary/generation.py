"""Node types that make something new: shots, images, sounds, voices."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

import msgspec

from node_registry import NodeType, hint, schema_of, sockets

from .fields import (
    ActiveTake,
    Code,
    Count,
    LongText,
    Name,
    Pixels,
    ScriptLink,
    Seconds,
    Seed,
    SeedLocked,
    Share,
    TakeParams,
    Text,
    TierOrProject,
    described,
)
from .ports import (
    CHARACTERS,
    CONTROL,
    ENVIRONMENT,
    IMAGE,
    NEXT,
    PIPELINE,
    PREVIOUS,
    PROMPT,
    PROPS,
    SOUND,
    STYLE,
    VIDEO,
    port,
)

ShotType = Literal[
    "establishing",
    "extreme_wide",
    "wide",
    "full",
    "medium_wide",
    "medium",
    "medium_close",
    "close_up",
    "extreme_close_up",
    "over_the_shoulder",
    "two_shot",
    "insert",
    "pov",
]
CameraMovement = Literal[
    "static",
    "pan_left",
    "pan_right",
    "tilt_up",
    "tilt_down",
    "dolly_in",
    "dolly_out",
    "truck_left",
    "truck_right",
    "crane_up",
    "crane_down",
    "zoom_in",
    "zoom_out",
    "handheld",
]


class Shot(msgspec.Struct):
    code: Code = ""
    prompt: Annotated[Text, described("What the shot shows: who, where, what happens.")] = ""
    shot_type: ShotType = "medium"
    camera_movement: CameraMovement = "static"
    characters_in_frame: list[Name] = []
    duration_estimate: Seconds = 4
    frames: Annotated[Count | None, hint(unit="frames"), described("Overrides the duration.")] = (
        None
    )
    cut_in: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | None,
        hint(unit="frames", digest=False),
        described("The first frame of the take that the film uses. Empty: its first."),
    ] = None
    cut_out: Annotated[
        Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None,
        hint(unit="frames", digest=False),
        described("The frame of the take before which the film leaves it. Empty: its end."),
    ] = None
    in_film: Annotated[
        bool,
        hint(digest=False),
        described("Whether the film shows this shot; what is left out keeps its takes."),
    ] = True
    dialogue_content: Text = ""
    composition_notes: Text = ""
    audio_requirements: LongText = ""
    environment_context: LongText = ""
    motion_strength: Share = 0.5
    quality: TierOrProject = ""
    seed: Seed = None
    seed_locked: SeedLocked = False
    version: Annotated[int, hint(ge=1, digest=False)] = 1
    active_take: ActiveTake = None
    script: ScriptLink = None


class ImageGeneration(TakeParams):
    name: Name = ""
    prompt: Text = ""
    negative_prompt: Text = ""
    width: Annotated[Pixels, described("Empty: the film's.")] = None
    height: Pixels = None


class AudioGeneration(TakeParams):
    name: Name = ""
    prompt: Text = ""
    duration: Seconds = 10


class VoiceSynthesis(TakeParams):
    name: Name = ""
    text: Text = ""
    language: Annotated[str, hint(max_length=35)] = ""
    speed: Annotated[float, hint(widget="slider", ge=0.25, le=4)] = 1


_generation = partial(NodeType, category="Generation")

NODE_TYPES = (
    _generation(
        id="film.shot",
        title="Shot",
        color="#a83f39",
        icon="video",
        width=320,
        description="One camera set-up, from its prompt and all that is connected to it.",
        params=schema_of(Shot),
        inputs=(
            PREVIOUS,
            PROMPT,
            CHARACTERS,
            STYLE,
            ENVIRONMENT,
            PROPS,
            port("camera", sockets.CAMERA_DATA),
            PIPELINE,
            port("image", sockets.IMAGE, "First frame"),
            CONTROL,
            port("audio", sockets.AUDIO, "Sound", many=True),
        ),
        outputs=(VIDEO, NEXT),
    ),
    _generation(
        id="film.image_generation",
        title="Image generation",
        color="#a87a2a",
        icon="image-plus",
        params=schema_of(ImageGeneration),
        inputs=(
            PROMPT,
            CHARACTERS,
            STYLE,
            ENVIRONMENT,
            PROPS,
            PIPELINE,
            port("image", sockets.IMAGE, "Start from"),
            port("mask", sockets.MASK),
            CONTROL,
        ),
        outputs=(IMAGE,),
    ),
    _generation(
        id="film.audio_generation",
        title="Audio generation",
        color="#2f7f62",
        icon="audio-lines",
        width=300,
        params=schema_of(AudioGeneration),
        inputs=(PROMPT, port("video", sockets.VIDEO, "To picture"), PIPELINE),
        outputs=(SOUND,),
    ),
    _generation(
        id="film.voice_synthesis",
        title="Voice",
        color="#2f7f62",
        icon="mic",
        width=300,
        description="Says a text in a character's voice.",
        params=schema_of(VoiceSynthesis),
        inputs=(
            port("text", sockets.TEXT),
            port("character", sockets.CHARACTER, required=True),
            PIPELINE,
        ),
        outputs=(SOUND,),
    ),
)
