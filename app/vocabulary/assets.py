"""Node types of assets: characters, environments, styles."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Literal

import msgspec

from node_registry import NodeType, hint, schema_of, sockets

from .fields import LongText, ManyMedia, OneMedia, ScriptLink, ShortText, Text
from .ports import ENVIRONMENT, STYLE, port

Colour = Annotated[str, msgspec.Meta(pattern="^#[0-9A-Fa-f]{6}$")]


class Character(msgspec.Struct):
    name: ShortText = ""
    description: Text = ""
    aliases: list[ShortText] = []
    importance: Literal["lead", "supporting", "minor"] = "supporting"
    age: ShortText = ""
    role: ShortText = ""
    personality: LongText = ""
    trigger_word: ShortText = ""
    face_image: OneMedia = None
    reference_images: ManyMedia = []
    voice_sample: OneMedia = None
    script: ScriptLink = None


class Environment(msgspec.Struct):
    name: ShortText = ""
    description: Text = ""
    setting: Literal["interior", "exterior", "abstract"] = "interior"
    mood: ShortText = ""
    time_of_day: ShortText = ""
    weather: ShortText = ""
    season: ShortText = ""
    reference_images: ManyMedia = []
    script: ScriptLink = None


class Style(msgspec.Struct):
    name: ShortText = ""
    description: Text = ""
    keywords: Annotated[list[ShortText], hint(widget="tags", max_length=200)] = []
    palette: Annotated[list[Colour], hint(widget="palette", max_length=64)] = []
    example_images: ManyMedia = []
    lut: OneMedia = None


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


_asset = partial(NodeType, category="Assets", kind="value")

NODE_TYPES = (
    _asset(
        id="film.character",
        title="Character",
        color="#a3485f",
        icon="user",
        params=schema_of(Character),
        evaluate=_give_character,
        outputs=(port("character", sockets.CHARACTER), port("images", sockets.ARRAY)),
    ),
    _asset(
        id="film.environment",
        title="Environment",
        color="#3f7a3a",
        icon="mountain",
        params=schema_of(Environment),
        evaluate=_give_environment,
        outputs=(ENVIRONMENT, port("background", sockets.IMAGE)),
    ),
    _asset(
        id="film.style",
        title="Style",
        color="#7a4aa3",
        icon="palette",
        params=schema_of(Style),
        evaluate=_give_style,
        outputs=(STYLE, port("parameters", sockets.STYLE_PARAMETERS)),
    ),
)
