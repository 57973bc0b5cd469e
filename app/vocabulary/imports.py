"""Node types that bring media from outside onto the canvas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from node_registry import NodeType, hint, schema_of, sockets

from .fields import OneMedia
from .ports import port


class Import(msgspec.Struct):
    name: Annotated[str, hint(max_length=300, digest=False)] = ""
    media: OneMedia = None


def _import(id: str, title: str, socket: str, type: str, icon: str, color: str) -> NodeType:
    def give_media(params: Mapping[str, Any], inputs: Mapping[str, list[Any]]) -> Mapping[str, Any]:
        return {socket: params.get("media")}

    return NodeType(
        id=id,
        title=title,
        category="Imports",
        kind="value",
        icon=icon,
        color=color,
        params=schema_of(Import),
        evaluate=give_media,
        outputs=(port(socket, type),),
    )


NODE_TYPES = (
    _import("film.image_import", "Image", "image", sockets.IMAGE, "image", "#a87a2a"),
    _import("film.video_import", "Video", "video", sockets.VIDEO, "file-video", "#a83f39"),
    _import("film.audio_import", "Sound", "audio", sockets.AUDIO, "file-audio", "#2f7f62"),
)
