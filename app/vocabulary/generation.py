"""Node types that make something new: shots, images, sounds, voices."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from node_registry import NodeType, Socket, hint, schema_of, sockets

from .shared import NEXT, PREVIOUS, Quality, note

CATEGORY = "Generation"

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
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Seed = Annotated[
    Annotated[int, msgspec.Meta(ge=0)] | None,
    hint(widget="seed", digest=False),
    note("Empty: one that stays the same."),
]
SeedLocked = Annotated[bool, hint(digest=False)]
NodeQuality = Annotated[Quality, hint(digest=False), note("Empty: the project's.")]
Typed = Annotated[str, hint(widget="textarea", collab="text")]
Name = Annotated[str, hint(max_length=200)]


class Shot(msgspec.Struct):
    code: Annotated[str, hint(pattern="^[0-9A-Za-z]{0,16}$")] = ""
    prompt: Typed = ""
    shot_type: ShotType = "medium"
    camera_movement: CameraMovement = "static"
    characters_in_frame: list[Name] = []
    duration_estimate: Annotated[float, hint(widget="duration", unit="s", gt=0, le=3600)] = 4
    frames: Annotated[Count | None, hint(unit="frames"), note("Overrides the duration.")] = None
    dialogue_content: Typed = ""
    composition_notes: Typed = ""
    audio_requirements: Annotated[str, hint(max_length=4000)] = ""
    environment_context: Annotated[str, hint(max_length=4000)] = ""
    motion_strength: Annotated[float, hint(widget="slider", ge=0, le=1)] = 0.5
    quality: NodeQuality = ""
    seed: Seed = None
    seed_locked: SeedLocked = False
    version: Annotated[int, hint(ge=1, digest=False)] = 1
    active_take: Annotated[
        str | None, hint(widget="take", digest=False, write="system", collab="compare")
    ] = None
    script: Annotated[
        dict[str, Any] | None, hint(widget="hidden", digest=False, write="system")
    ] = None


class Made(msgspec.Struct):
    """What every node that makes takes has besides its own fields."""

    quality: NodeQuality = ""
    seed: Seed = None
    seed_locked: SeedLocked = False
    active_take: Annotated[
        str | None, hint(widget="take", digest=False, write="system", collab="compare")
    ] = None


class ImageGeneration(Made):
    name: Name = ""
    prompt: Typed = ""
    negative_prompt: Typed = ""
    width: Annotated[Count | None, hint(unit="px"), note("Empty: the film's.")] = None
    height: Annotated[Count | None, hint(unit="px")] = None


class AudioGeneration(Made):
    name: Name = ""
    prompt: Typed = ""
    duration: Annotated[float, hint(widget="duration", unit="s", gt=0, le=3600)] = 10


class VoiceSynthesis(Made):
    name: Name = ""
    text: Typed = ""
    language: Annotated[str, hint(max_length=35)] = ""
    speed: Annotated[float, hint(widget="slider", ge=0.25, le=4)] = 1


NODE_TYPES = (
    NodeType(
        id="film.shot",
        title="Shot",
        category=CATEGORY,
        color="#a83f39",
        icon="video",
        width=320,
        description="One camera set-up, from its prompt and all that is connected to it.",
        params=schema_of(Shot),
        inputs=(
            PREVIOUS,
            Socket(id="prompt", type=sockets.TEXT, title="Prompt"),
            Socket(id="characters", type=sockets.CHARACTER, title="Characters", many=True),
            Socket(id="style", type=sockets.STYLE, title="Style"),
            Socket(id="environment", type=sockets.ENVIRONMENT, title="Environment"),
            Socket(id="camera", type=sockets.CAMERA_DATA, title="Camera"),
            Socket(id="pipeline", type=sockets.PIPELINE, title="Pipeline"),
            Socket(id="image", type=sockets.IMAGE, title="First frame"),
            Socket(id="control", type=sockets.CONTROL_MAP, title="Control", many=True),
            Socket(id="audio", type=sockets.AUDIO, title="Sound", many=True),
        ),
        outputs=(Socket(id="video", type=sockets.VIDEO, title="Video"), NEXT),
    ),
    NodeType(
        id="film.image_generation",
        title="Image generation",
        category=CATEGORY,
        color="#a87a2a",
        icon="image-plus",
        params=schema_of(ImageGeneration),
        inputs=(
            Socket(id="prompt", type=sockets.TEXT, title="Prompt"),
            Socket(id="characters", type=sockets.CHARACTER, title="Characters", many=True),
            Socket(id="style", type=sockets.STYLE, title="Style"),
            Socket(id="environment", type=sockets.ENVIRONMENT, title="Environment"),
            Socket(id="pipeline", type=sockets.PIPELINE, title="Pipeline"),
            Socket(id="image", type=sockets.IMAGE, title="Start from"),
            Socket(id="mask", type=sockets.MASK, title="Mask"),
            Socket(id="control", type=sockets.CONTROL_MAP, title="Control", many=True),
        ),
        outputs=(Socket(id="image", type=sockets.IMAGE, title="Image"),),
    ),
    NodeType(
        id="film.audio_generation",
        title="Audio generation",
        category=CATEGORY,
        color="#2f7f62",
        icon="audio-lines",
        params=schema_of(AudioGeneration),
        inputs=(
            Socket(id="prompt", type=sockets.TEXT, title="Prompt"),
            Socket(id="video", type=sockets.VIDEO, title="To picture"),
            Socket(id="pipeline", type=sockets.PIPELINE, title="Pipeline"),
        ),
        outputs=(Socket(id="audio", type=sockets.AUDIO, title="Audio"),),
    ),
    NodeType(
        id="film.voice_synthesis",
        title="Voice",
        category=CATEGORY,
        color="#2f7f62",
        icon="mic",
        description="Says a text in a character's voice.",
        params=schema_of(VoiceSynthesis),
        inputs=(
            Socket(id="text", type=sockets.TEXT, title="Text"),
            Socket(id="character", type=sockets.CHARACTER, title="Character", required=True),
            Socket(id="pipeline", type=sockets.PIPELINE, title="Pipeline"),
        ),
        outputs=(Socket(id="audio", type=sockets.AUDIO, title="Audio"),),
    ),
)
