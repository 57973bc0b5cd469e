"""Node types that steer a picture or a sound: camera settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from node_registry import NodeType, hint, schema_of, sockets

from .fields import Name, Share, described
from .generation import CameraMovement
from .ports import port


class CameraWindow(msgspec.Struct):
    """What of the picture is seen: its middle, as shares of width and height, and how large."""

    x: Share = 0.5
    y: Share = 0.5
    zoom: Annotated[float, hint(widget="slider", ge=1, le=8)] = 1


class Camera(msgspec.Struct):
    name: Name = ""
    focal_length: Annotated[float, hint(unit="mm", ge=4, le=1200)] = 35
    aperture: Annotated[float, hint(ge=0.5, le=64)] = 2.8
    focus_distance: Annotated[float, hint(unit="m", ge=0, le=10_000)] = 3
    height: Annotated[float, hint(unit="m", ge=-100, le=10_000)] = 1.6
    angle: Annotated[float, hint(unit="°", ge=-90, le=90), described("Below 0 looks down.")] = 0
    movement: CameraMovement = "static"
    speed: Share = 0.5
    mode: Annotated[
        Literal["3d", "2d"],
        described("3d moves through the place; 2d goes over the flat picture, from start to end."),
    ] = "3d"
    start: CameraWindow = msgspec.field(default_factory=CameraWindow)
    end: CameraWindow = msgspec.field(default_factory=CameraWindow)


def _give_camera(params: Mapping[str, Any], inputs: Mapping[str, list[Any]]) -> Mapping[str, Any]:
    return {"camera": {key: value for key, value in params.items() if key != "name"}}


NODE_TYPES = (
    NodeType(
        id="film.camera",
        title="Camera",
        category="Control",
        kind="value",
        color="#347a83",
        icon="camera",
        width=280,
        params=schema_of(Camera),
        evaluate=_give_camera,
        outputs=(port("camera", sockets.CAMERA_DATA),),
    ),
)
