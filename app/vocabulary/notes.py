"""Node types that make nothing: notes, and frames around what belongs together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

import msgspec

from node_registry import NodeType, hint, schema_of

from .fields import Name, Text, described

Tint = Annotated[str, hint(widget="color", pattern="^(#[0-9A-Fa-f]{6})?$", digest=False)]


class Note(msgspec.Struct):
    text: Text = ""
    color: Tint = ""


class Frame(msgspec.Struct):
    title: Annotated[Name, hint(digest=False)] = ""
    color: Tint = ""
    collapsed: Annotated[bool, hint(digest=False)] = False
    members: Annotated[
        list[Annotated[str, hint(max_length=64)]],
        hint(widget="hidden", digest=False, max_length=5000),
        described("The nodes that a collapsed frame stands for."),
    ] = []


def _give_nothing(params: Mapping[str, Any], inputs: Mapping[str, list[Any]]) -> Mapping[str, Any]:
    return {}


_annotation = partial(
    NodeType, category="Annotations", kind="value", color="#6b6b6b", evaluate=_give_nothing
)

NODE_TYPES = (
    _annotation(
        id="film.note",
        title="Note",
        icon="sticky-note",
        width=240,
        description="A few words on the canvas, for people.",
        params=schema_of(Note),
    ),
    _annotation(
        id="film.frame",
        title="Frame",
        icon="frame",
        width=480,
        description="A rectangle around nodes: it takes them along, and can be collapsed.",
        params=schema_of(Frame),
    ),
)
