"""The node types of this plugin: the conversions between pictures, video and sound."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from node_registry import NodeType, Socket, hint, schema_of, sockets


class Still(msgspec.Struct):
    duration: Annotated[float, hint(widget="duration", unit="s", gt=0, lt=86_400)] = 4.0
    frames: Annotated[int | None, hint(unit="frames")] = None


class ImageSequence(msgspec.Struct):
    frames_per_image: Annotated[int, hint(unit="frames", ge=1, le=1_000_000)] = 1


class Frame(msgspec.Struct):
    at: Annotated[
        Literal["first", "middle", "last"],
        hint(description="The last one begins a shot that goes on from this one."),
    ] = "last"
    frame: Annotated[int | None, hint(unit="frames")] = None


class VideoSound(msgspec.Struct):
    gain: Annotated[float, hint(unit="dB", ge=-100, le=60)] = 0.0


NODE_TYPES = (
    NodeType(
        id="media.frame",
        title="Frame of a video",
        category="Processing",
        description="Takes one picture out of a video, such as the last for the next shot.",
        color="#8a4440",
        icon="image",
        params=schema_of(Frame),
        inputs=(Socket(id="video", type=sockets.VIDEO, title="Video", required=True),),
        outputs=(Socket(id="image", type=sockets.IMAGE, title="Image"),),
    ),
    NodeType(
        id="media.video_sound",
        title="Sound of a video",
        category="Processing",
        description="Takes the sound out of a video.",
        color="#8a4440",
        icon="audio-lines",
        params=schema_of(VideoSound),
        inputs=(Socket(id="video", type=sockets.VIDEO, title="Video", required=True),),
        outputs=(Socket(id="audio", type=sockets.AUDIO, title="Audio"),),
    ),
    NodeType(
        id="media.still",
        title="Still",
        category="Processing",
        description="Holds one picture as a video.",
        color="#8a4440",
        icon="image",
        params=schema_of(Still),
        inputs=(Socket(id="image", type=sockets.IMAGE, title="Image", required=True),),
        outputs=(Socket(id="video", type=sockets.VIDEO, title="Video"),),
    ),
    NodeType(
        id="media.image_sequence",
        title="Image sequence",
        category="Processing",
        description="Shows pictures one after the other as a video at the film's rate.",
        color="#8a4440",
        icon="images",
        params=schema_of(ImageSequence),
        inputs=(Socket(id="images", type=sockets.ARRAY, title="Images", required=True),),
        outputs=(Socket(id="video", type=sockets.VIDEO, title="Video"),),
    ),
)
