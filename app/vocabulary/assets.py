"""Node types of assets: characters, environments, styles, props.

Their fields are those of the SDK's Structs. A node that is linked to an asset of the library has
that asset's fields; the studio keeps both in step.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from node_registry import Character, Environment, NodeType, Prop, Style, hint, schema_of, sockets

from .fields import AssetLink, ScriptLink, described
from .ports import ENVIRONMENT, STYLE, port

# What says where a node belongs, or which part of it is given, is nothing that a shot is made from.
LINKS = ("asset", "script", "place", "whole_place", "angle", "flat", "depth")


class CharacterNode(Character):
    asset: AssetLink = None
    script: ScriptLink = None


class EnvironmentNode(Environment):
    place: Annotated[
        str, hint(max_length=500, digest=False), described("The place that this is a set of.")
    ] = ""
    whole_place: Annotated[
        bool, hint(digest=False), described("It serves all sets of its place.")
    ] = False
    angle: Annotated[
        str, hint(max_length=500), described("The view that is given; empty: its first picture.")
    ] = ""
    flat: Annotated[
        bool, described("2D: its pictures go into shots, its depth and its light do not.")
    ] = False
    depth: Annotated[bool, described("Its depth map is given by itself, to steer a shot.")] = False
    asset: AssetLink = None
    script: ScriptLink = None


class StyleNode(Style):
    asset: AssetLink = None


class PropNode(Prop):
    asset: AssetLink = None
    script: ScriptLink = None


def _give_character(
    params: Mapping[str, Any], inputs: Mapping[str, list[Any]]
) -> Mapping[str, Any]:
    face = params.get("face_image")
    return {
        "character": _without_links(params),
        "images": [*([face] if face else []), *params.get("reference_images", [])],
    }


def _give_environment(
    params: Mapping[str, Any], inputs: Mapping[str, list[Any]]
) -> Mapping[str, Any]:
    environment = _without_links(params)
    if params.get("flat"):
        environment |= {name: None for name in ("depth_map", "hdr_map") if name in environment}
    return {
        "environment": environment,
        "background": _view_of(params),
        "depth": environment.get("depth_map") if params.get("depth") else None,
    }


def _view_of(params: Mapping[str, Any]) -> Any:
    """The picture from the node's angle, or else the first one; None where there is none."""
    angle = params.get("angle")
    views = [one for one in params.get("angles", []) if angle and one.get("name") == angle]
    if views and views[0].get("image"):
        return views[0]["image"]
    images = params.get("reference_images", [])
    return images[0] if images else None


def _give_style(params: Mapping[str, Any], inputs: Mapping[str, list[Any]]) -> Mapping[str, Any]:
    return {
        "style": _without_links(params),
        "parameters": {key: params.get(key) for key in ("keywords", "palette", "lut")},
    }


def _give_prop(params: Mapping[str, Any], inputs: Mapping[str, list[Any]]) -> Mapping[str, Any]:
    return {"prop": _without_links(params), "images": list(params.get("reference_images", []))}


def _without_links(params: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in params.items() if key not in LINKS}


_asset = partial(NodeType, category="Assets", kind="value")

NODE_TYPES = (
    _asset(
        id="film.character",
        title="Character",
        color="#a3485f",
        icon="user",
        params=schema_of(CharacterNode),
        evaluate=_give_character,
        outputs=(port("character", sockets.CHARACTER), port("images", sockets.ARRAY)),
    ),
    _asset(
        id="film.environment",
        title="Environment",
        color="#3f7a3a",
        icon="mountain",
        params=schema_of(EnvironmentNode),
        evaluate=_give_environment,
        outputs=(
            ENVIRONMENT,
            port("background", sockets.IMAGE),
            port("depth", sockets.CONTROL_MAP, description="While its depth map is given."),
        ),
    ),
    _asset(
        id="film.style",
        title="Style",
        color="#7a4aa3",
        icon="palette",
        params=schema_of(StyleNode),
        evaluate=_give_style,
        outputs=(STYLE, port("parameters", sockets.STYLE_PARAMETERS)),
    ),
    _asset(
        id="film.prop",
        title="Prop",
        color="#8a6a2f",
        icon="package",
        params=schema_of(PropNode),
        evaluate=_give_prop,
        outputs=(port("prop", sockets.ASSET_REFERENCE), port("images", sockets.ARRAY)),
    ),
)
