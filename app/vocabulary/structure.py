"""Node types that give a film its structure: script, scene, conditions, loops, assembly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from node_registry import Media, NodeType, Socket, hint, schema_of, sockets

from .shared import NEXT, PREVIOUS, note

CATEGORY = "Structure"


class Script(msgspec.Struct):
    title: Annotated[str, hint(max_length=300)] = ""
    format: Literal["fountain", "fdx", "plain"] = "fountain"
    media: Annotated[Media | None, hint(widget="media")] = None
    pages: Annotated[float, hint(ge=0)] = 0
    scenes: Annotated[int, hint(ge=0)] = 0


class Scene(msgspec.Struct):
    code: Annotated[str, hint(pattern="^[0-9A-Za-z]{0,16}$")] = ""
    heading: Annotated[str, hint(max_length=1000)] = ""
    location: Annotated[str, hint(max_length=500)] = ""
    time_of_day: Annotated[str, hint(max_length=200)] = ""
    summary: Annotated[str, hint(widget="textarea", collab="text", digest=False)] = ""
    script: Annotated[
        dict[str, Any] | None, hint(widget="hidden", digest=False, write="system")
    ] = None


class Conditional(msgspec.Struct):
    condition: Annotated[bool, note("What holds while nothing is connected.")] = True


class Loop(msgspec.Struct):
    count: Annotated[int, hint(ge=0, le=10_000), note("How often, if nothing is connected.")] = 1


class Metadata(msgspec.Struct):
    kind: Literal["text", "number", "boolean"] = "text"
    text: Annotated[str, hint(widget="textarea", collab="text")] = ""
    number: float = 0
    boolean: bool = False


class Pipeline(msgspec.Struct):
    name: Annotated[str, hint(max_length=200)] = ""
    version: Annotated[str, hint(max_length=64)] = ""
    pipeline_id: Annotated[str, hint(widget="pipeline", collab="compare", max_length=200)] = ""
    parameters: Annotated[dict[str, Any], hint(widget="json")] = {}


class Assembly(msgspec.Struct):
    title: Annotated[str, hint(max_length=300)] = ""
    start_timecode: Annotated[
        str, hint(widget="timecode", pattern=r"^\d{2}:[0-5]\d:[0-5]\d[:;]\d{2,3}$")
    ] = "01:00:00:00"
    drop_frame: bool = False
    loudness: Annotated[float, hint(unit="LUFS", ge=-40, le=-5)] = -23


def _read_script(params: Mapping[str, Any], inputs: Mapping[str, list[Any]]) -> Mapping[str, Any]:
    return {"script": params.get("title", "")}


def _read_pipeline(params: Mapping[str, Any], inputs: Mapping[str, list[Any]]) -> Mapping[str, Any]:
    kept = ("name", "version", "pipeline_id", "parameters")
    return {"pipeline": {key: params.get(key) for key in kept}}


def _read_metadata(params: Mapping[str, Any], inputs: Mapping[str, list[Any]]) -> Mapping[str, Any]:
    return {key: params.get(key) for key in ("text", "number", "boolean")}


NODE_TYPES = (
    NodeType(
        id="film.script",
        title="Script",
        category=CATEGORY,
        kind="value",
        color="#5b6b7c",
        icon="file-text",
        description="The screenplay that scenes and shots were made from.",
        params=schema_of(Script),
        evaluate=_read_script,
        outputs=(Socket(id="script", type=sockets.TEXT, title="Script"),),
    ),
    NodeType(
        id="film.scene",
        title="Scene",
        category=CATEGORY,
        kind="container",
        color="#4a5a6a",
        icon="clapperboard",
        width=360,
        description="Holds the shots of one scene.",
        params=schema_of(Scene),
        inputs=(PREVIOUS,),
        outputs=(NEXT,),
    ),
    NodeType(
        id="film.assembly",
        title="Assembly",
        category=CATEGORY,
        color="#7a5230",
        icon="film",
        description="Cuts the active takes, in their order, into the film.",
        params=schema_of(Assembly),
        inputs=(
            Socket(id="sequence", type=sockets.SEQUENCE, title="Sequence", many=True),
            Socket(id="audio", type=sockets.AUDIO, title="Sound", many=True),
        ),
        outputs=(
            Socket(id="film", type=sockets.VIDEO, title="Film"),
            Socket(id="edl", type=sockets.EDL, title="EDL"),
            Socket(id="timeline", type=sockets.TEXT, title="Timeline"),
        ),
    ),
    NodeType(
        id="film.conditional",
        title="Conditional",
        category=CATEGORY,
        kind="control",
        color="#6a5a7a",
        icon="split",
        width=200,
        description="Lets one of two through; the other is not made.",
        params=schema_of(Conditional),
        inputs=(
            Socket(id="condition", type=sockets.BOOLEAN, title="Condition"),
            Socket(id="if_true", type=sockets.ANY, title="If yes"),
            Socket(id="if_false", type=sockets.ANY, title="If no"),
        ),
        outputs=(Socket(id="result", type=sockets.ANY, title="Result"),),
    ),
    NodeType(
        id="film.loop",
        title="Loop",
        category=CATEGORY,
        kind="control",
        color="#6a5a7a",
        icon="repeat",
        width=200,
        description="Makes what follows so many times; an input that takes many gathers it.",
        params=schema_of(Loop),
        inputs=(Socket(id="count", type=sockets.NUMBER, title="Count"),),
        outputs=(
            Socket(id="index", type=sockets.NUMBER, title="Index", description="From 0."),
            Socket(id="count", type=sockets.NUMBER, title="Count"),
        ),
    ),
    NodeType(
        id="film.pipeline",
        title="Pipeline",
        category=CATEGORY,
        kind="value",
        color="#8a4f3f",
        icon="workflow",
        description="Which workflow makes what is connected to it.",
        params=schema_of(Pipeline),
        evaluate=_read_pipeline,
        outputs=(Socket(id="pipeline", type=sockets.PIPELINE, title="Pipeline"),),
    ),
    NodeType(
        id="film.metadata",
        title="Value",
        category=CATEGORY,
        kind="value",
        color="#4f5f5f",
        icon="tag",
        width=220,
        description="A text, a number, or a yes or no, for other nodes.",
        params=schema_of(Metadata),
        evaluate=_read_metadata,
        outputs=(
            Socket(id="text", type=sockets.TEXT, title="Text"),
            Socket(id="number", type=sockets.NUMBER, title="Number"),
            Socket(id="boolean", type=sockets.BOOLEAN, title="Yes or no"),
        ),
    ),
)
