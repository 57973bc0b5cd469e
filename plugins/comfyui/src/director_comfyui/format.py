"""ComfyUI's workflows as a format of the studio's library: what a file suggests, what is kept."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec

from node_registry import PipelineFormat, PipelineModel, PipelineParameter, PipelineSummary

from .settings import Settings
from .spec import NAME
from .starters import starters


def suggest(content: bytes, title: str) -> dict[str, Any]:
    """The template that a workflow's file suggests. Raises `comfyui.…` for what is none."""
    from .inference import infer
    from .template import read_workflow

    return msgspec.to_builtins(infer(read_workflow(content), title=title))


def read(content: bytes) -> PipelineSummary:
    """What a template is. Raises `comfyui.bad_template`."""
    from .template import read_template

    template = read_template(content)
    return PipelineSummary(
        title=template.title,
        version=template.version,
        tier=template.tier,
        parameters=tuple(
            PipelineParameter(
                name=one.name,
                title=one.title,
                kind=one.kind,
                source=one.source,
                default=one.default,
                minimum=one.minimum,
                maximum=one.maximum,
                choices=one.choices,
            )
            for one in template.parameters
        ),
        makes=tuple(dict.fromkeys(output.kind for output in template.outputs)),
        models=tuple(
            PipelineModel(name=one.name, folder=one.folder, sha256=one.sha256)
            for one in template.models
        ),
        node_types=template.node_types,
        custom_nodes=template.custom_nodes,
        seconds=template.seconds,
    )


def format_of(settings: Settings) -> PipelineFormat:
    """The format, with the starters of an operator's folder among them."""
    return PipelineFormat(
        name="comfyui",
        title="ComfyUI workflow",
        backend=NAME,
        suggest=suggest,
        read=read,
        starters=partial(starters, settings.starters),
    )
