"""Node types that give a film its structure: script, scene, conditions, loops, assembly."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Literal

import msgspec

from node_registry import NodeType, hint, schema_of, sockets

from .fields import Code, LongText, Name, OneMedia, ScriptLink, ShortText, Text, described
from .ports import NEXT, PREVIOUS, port


class Script(msgspec.Struct):
    title: Annotated[str, hint(max_length=300)] = ""
    format: Literal["fountain", "fdx", "plain"] = "fountain"
    media: OneMedia = None
    pages: Annotated[float, hint(ge=0)] = 0
    scenes: Annotated[int, hint(ge=0)] = 0
    broken_down: Annotated[
        Annotated[str, hint(widget="hidden", max_length=64, digest=False, write="system")],
        described("The digest of the file that scenes and shots were made from."),
    ] = ""
    settled: Annotated[
        Annotated[
            list[dict[str, Any]],
            hint(widget="hidden", max_length=2000, digest=False, write="system"),
        ],
        described("What people decided of lines that no rule can settle."),
    ] = []


class Scene(msgspec.Struct):
    code: Code = ""
    heading: Annotated[str, hint(max_length=1000)] = ""
    location: ShortText = ""
    time_of_day: Name = ""
    number: Annotated[
        Annotated[str, hint(max_length=64, digest=False)],
        described("The script's own; the code names files."),
    ] = ""
    marks: Annotated[list[Name], hint(widget="tags", max_length=16, digest=False)] = []
    remarks: Annotated[list[Name], hint(widget="tags", max_length=16, digest=False)] = []
    color: Annotated[str, hint(pattern="^(#[0-9A-F]{6})?$", digest=False)] = ""
    revisions: Annotated[list[Name], hint(widget="tags", max_length=64, digest=False)] = []
    tags: Annotated[list[Name], hint(widget="tags", max_length=500, digest=False)] = []
    notes: Annotated[list[LongText], hint(max_length=500, digest=False)] = []
    summary: Annotated[str, hint(widget="textarea", collab="text", digest=False)] = ""
    collapsed: Annotated[bool, hint(widget="hidden", digest=False)] = False
    script: ScriptLink = None


class Conditional(msgspec.Struct):
    condition: Annotated[bool, described("What holds while nothing is connected.")] = True


class Loop(msgspec.Struct):
    count: Annotated[
        int, hint(ge=0, le=10_000), described("How often, if nothing is connected.")
    ] = 1


class Metadata(msgspec.Struct):
    kind: Literal["text", "number", "boolean"] = "text"
    text: Text = ""
    number: float = 0
    boolean: bool = False


class Pipeline(msgspec.Struct):
    name: Name = ""
    version: Annotated[str, hint(max_length=64)] = ""
    pipeline_id: Annotated[
        Annotated[str, hint(widget="pipeline", collab="compare", max_length=200)],
        described("The backend that makes what is connected; empty: the studio chooses."),
    ] = ""
    parameters: Annotated[dict[str, Any], hint(widget="json")] = {}
    template: Annotated[
        OneMedia,
        described("The workflow that makes it, from the project's library."),
    ] = None


class Assembly(msgspec.Struct):
    title: Annotated[str, hint(max_length=300)] = ""
    start_timecode: Annotated[
        str, hint(widget="timecode", pattern=r"^\d{2}:[0-5]\d:[0-5]\d[:;]\d{2,3}$")
    ] = "01:00:00:00"
    drop_frame: bool = False
    loudness: Annotated[float, hint(unit="LUFS", ge=-40, le=-5)] = -23
    voices: Annotated[
        bool,
        described("Animatics speak their lines, and are as long as these need."),
    ] = False
    voice_language: Annotated[
        Annotated[str, hint(pattern="^([a-z]{2,3}(-[a-z0-9]{1,12})*)?$", max_length=35)],
        described("Of the spoken lines, such as en or pt-br. Empty: told by their words."),
    ] = ""
    edit_order: Annotated[
        Annotated[list[Name], hint(widget="hidden", max_length=100_000, digest=False)],
        described(
            "Shots and transitions as an editor's cut ordered them, where no connections can say "
            "it. Empty: along the connections."
        ),
    ] = []


def _read_script(params: Mapping[str, Any], inputs: Mapping[str, list[Any]]) -> Mapping[str, Any]:
    return {"script": params.get("title", "")}


def _read_pipeline(params: Mapping[str, Any], inputs: Mapping[str, list[Any]]) -> Mapping[str, Any]:
    names = ("name", "version", "pipeline_id", "parameters", "template")
    return {"pipeline": {key: params.get(key) for key in names}}


def _read_metadata(params: Mapping[str, Any], inputs: Mapping[str, list[Any]]) -> Mapping[str, Any]:
    return {key: params.get(key) for key in ("text", "number", "boolean")}


_structure = partial(NodeType, category="Structure")

NODE_TYPES = (
    _structure(
        id="film.script",
        title="Script",
        kind="value",
        color="#5b6b7c",
        icon="file-text",
        description="The screenplay that scenes and shots were made from.",
        params=schema_of(Script),
        evaluate=_read_script,
        # From the last two hang scenes and shots that are written by hand: they order nothing.
        outputs=(
            port("script", sockets.TEXT),
            port("scenes", sockets.SEQUENCE),
            port("shots", sockets.SEQUENCE),
        ),
    ),
    _structure(
        id="film.scene",
        title="Scene",
        kind="container",
        color="#4a5a6a",
        icon="clapperboard",
        width=360,
        description="Holds the shots of one scene.",
        params=schema_of(Scene),
        inputs=(PREVIOUS,),
        outputs=(NEXT,),
    ),
    _structure(
        id="film.assembly",
        title="Assembly",
        color="#7a5230",
        icon="film",
        width=320,
        description="Cuts the active takes, in their order, into the film.",
        params=schema_of(Assembly),
        inputs=(
            port("sequence", sockets.SEQUENCE, many=True),
            port("audio", sockets.AUDIO, "Sound", many=True),
        ),
        outputs=(
            port("film", sockets.VIDEO),
            port("edl", sockets.EDL, "EDL"),
            port("timeline", sockets.TEXT),
        ),
    ),
    _structure(
        id="film.conditional",
        title="Conditional",
        kind="control",
        color="#6a5a7a",
        icon="split",
        width=260,
        description="Lets one of two through; the other is not made.",
        params=schema_of(Conditional),
        inputs=(
            port("condition", sockets.BOOLEAN),
            port("if_true", sockets.ANY, "If yes"),
            port("if_false", sockets.ANY, "If no"),
        ),
        outputs=(port("result", sockets.ANY),),
    ),
    _structure(
        id="film.loop",
        title="Loop",
        kind="control",
        color="#6a5a7a",
        icon="repeat",
        width=240,
        description="Makes what follows so many times; an input that takes many gathers it.",
        params=schema_of(Loop),
        inputs=(port("count", sockets.NUMBER),),
        outputs=(
            port("index", sockets.NUMBER, description="From 0."),
            port("count", sockets.NUMBER),
        ),
    ),
    _structure(
        id="film.pipeline",
        title="Pipeline",
        kind="value",
        color="#8a4f3f",
        icon="workflow",
        description="Which workflow makes what is connected to it.",
        params=schema_of(Pipeline),
        evaluate=_read_pipeline,
        outputs=(port("pipeline", sockets.PIPELINE),),
    ),
    _structure(
        id="film.metadata",
        title="Value",
        kind="value",
        color="#4f5f5f",
        icon="tag",
        width=220,
        description="A text, a number, or a yes or no, for other nodes.",
        params=schema_of(Metadata),
        evaluate=_read_metadata,
        outputs=(
            port("text", sockets.TEXT),
            port("number", sockets.NUMBER),
            port("boolean", sockets.BOOLEAN, "Yes or no"),
        ),
    ),
)
