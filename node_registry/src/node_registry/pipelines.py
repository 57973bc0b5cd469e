"""Pipelines: workflows of another program that people bring, as a pipeline's node offers them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import msgspec

ParameterKind = Literal["text", "integer", "number", "boolean", "choice", "image", "video", "audio"]
ResultKind = Literal["image", "video", "audio"]


class PipelineParameter(msgspec.Struct, frozen=True, kw_only=True):
    """Something of a workflow that is set for each run.

    `name` is unique in the workflow, `title` what people read. With a `source` the studio sets it
    (`"prompt"`, `"seed"`, `"image"`); without one people do, from `minimum` to `maximum` or to one
    of `choices`, and `default` is what it is until then.
    """

    name: str
    title: str
    kind: ParameterKind
    source: str = ""
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()


class PipelineModel(msgspec.Struct, frozen=True, kw_only=True):
    """A file of weights that a workflow needs: its name, its folder there, its SHA-256 if known."""

    name: str
    folder: str = ""
    sha256: str | None = None


class PipelineSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What the studio knows of a workflow without running it.

    `tier` is the quality that it is for, or empty for any; `makes` are the kinds of its results,
    `seconds` about how long a run takes.
    """

    title: str
    version: str = "1"
    tier: str = ""
    parameters: tuple[PipelineParameter, ...] = ()
    makes: tuple[ResultKind, ...] = ()
    models: tuple[PipelineModel, ...] = ()
    node_types: tuple[str, ...] = ()
    custom_nodes: tuple[str, ...] = ()
    seconds: float = 60.0


class PipelineFormat(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of workflow that people may bring to the library of a project.

    `backend` names the backend that runs it. `suggest(content, title)` reads a file that somebody
    brought and answers with a template, as JSON, that people look at and change; `read(template)`
    says what a template is. Both are pure, block for less than a second for a file of 4 MiB, and
    raise `DirectorError` with what to do for one that they cannot use: it may hold anything.

    `recognises(content)` says quickly whether a file of which nobody said the format looks like one
    of this kind; without it, it is never chosen by itself. `starters()` gives templates that come
    with the plugin or that the operator has written, as JSON, to be looked at and kept like those
    that people bring.

    The backend gets the template's bytes, as JSON, in `Media` under `template` of the value that
    comes to its input `pipeline`, and what people have set under `parameters`.
    """

    name: str
    title: str
    backend: str
    suggest: Callable[[bytes, str], dict[str, Any]]
    read: Callable[[bytes], PipelineSummary]
    recognises: Callable[[bytes], bool] | None = None
    starters: Callable[[], Sequence[dict[str, Any]]] | None = None
