"""The node types of this plugin: the conversions from pictures to video."""

from __future__ import annotations

from typing import Annotated

import msgspec

from node_registry import NodeType, Socket, hint, schema_of, sockets


class Still(msgspec.Struct):
    duration: Annotated[float, hint(widget="duration", unit="s", gt=0, lt=86_400)] = 4.0
    frames: Annotated[int | None, hint(unit="frames")] = None


class ImageSequence(msgspec.Struct):
    frames_per_image: Annotated[int, hint(unit="frames", ge=1, le=1_000_000)] = 1


NODE_TYPES = (
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
