"""Node types of assets: characters, environments, styles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from node_registry import Media, NodeType, Socket, hint, schema_of, sockets

CATEGORY = "Assets"

Typed = Annotated[str, hint(widget="textarea", collab="text")]
Short = Annotated[str, hint(max_length=500)]
Picture = Annotated[Media | None, hint(widget="media")]
Pictures = Annotated[list[Media], hint(widget="media", max_length=100)]
Colour = Annotated[str, msgspec.Meta(pattern="^#[0-9A-Fa-f]{6}$")]


class Character(msgspec.Struct):
    name: Short = ""
    description: Typed = ""
    aliases: list[Short] = []
    importance: Literal["lead", "supporting", "minor"] = "supporting"
    age: Short = ""
    role: Short = ""
    personality: Annotated[str, hint(max_length=4000)] = ""
    trigger_word: Short = ""
    face_image: Picture = None
    reference_images: Pictures = []
    voice_sample: Picture = None
    script: Annotated[
        dict[str, Any] | None, hint(widget="hidden", digest=False, write="system")
    ] = None


class Environment(msgspec.Struct):
    name: Short = ""
    description: Typed = ""
    setting: Literal["interior", "exterior", "abstract"] = "interior"
    mood: Short = ""
    time_of_day: Short = ""
    weather: Short = ""
    season: Short = ""
    reference_images: Pictures = []
    script: Annotated[
        dict[str, Any] | None, hint(widget="hidden", digest=False, write="system")
    ] = None


class Style(msgspec.Struct):
    name: Short = ""
    description: Typed = ""
    keywords: Annotated[list[Short], hint(widget="tags", max_length=200)] = []
    palette: Annotated[list[Colour], hint(widget="palette", max_length=64)] = []
    example_images: Pictures = []
    lut: Picture = None


def _give_character(
    params: Mapping[str, Any], inputs: Mapping[str, list[Any]]
) -> Mapping[str, Any]:
    face = params.get("face_image")
    return {
        "character": _without_link(params),
        "images": [*([face] if face else []), *params.get("reference_images", [])],
    }


def _give_environment(
    params: Mapping[str, Any], inputs: Mapping[str, list[Any]]
) -> Mapping[str, Any]:
    images = params.get("reference_images", [])
    return {"environment": _without_link(params), "background": images[0] if images else None}


def _give_style(params: Mapping[str, Any], inputs: Mapping[str, list[Any]]) -> Mapping[str, Any]:
    return {
        "style": dict(params),
        "parameters": {key: params.get(key) for key in ("keywords", "palette", "lut")},
    }


def _without_link(params: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in params.items() if key != "script"}


NODE_TYPES = (
    NodeType(
        id="film.character",
        title="Character",
        category=CATEGORY,
        kind="value",
        color="#a3485f",
        icon="user",
        params=schema_of(Character),
        evaluate=_give_character,
        outputs=(
            Socket(id="character", type=sockets.CHARACTER, title="Character"),
            Socket(id="images", type=sockets.ARRAY, title="Images"),
        ),
    ),
    NodeType(
        id="film.environment",
        title="Environment",
        category=CATEGORY,
        kind="value",
        color="#3f7a3a",
        icon="mountain",
        params=schema_of(Environment),
        evaluate=_give_environment,
        outputs=(
            Socket(id="environment", type=sockets.ENVIRONMENT, title="Environment"),
            Socket(id="background", type=sockets.IMAGE, title="Background"),
        ),
    ),
    NodeType(
        id="film.style",
        title="Style",
        category=CATEGORY,
        kind="value",
        color="#7a4aa3",
        icon="palette",
        params=schema_of(Style),
        evaluate=_give_style,
        outputs=(
            Socket(id="style", type=sockets.STYLE, title="Style"),
            Socket(id="parameters", type=sockets.STYLE_PARAMETERS, title="Parameters"),
        ),
    ),
)
