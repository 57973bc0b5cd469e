"""Settings of Wan2GP as a format of the studio's library: what its own export file suggests."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from node_registry import (
    DirectorError,
    PipelineFormat,
    PipelineModel,
    PipelineParameter,
    PipelineSummary,
)

from .filling import people_values
from .selection import OURS

NAME = "wan2gp.generate"
# What each run sets by its node and film; an exported file has it of the last run.
OF_A_RUN = frozenset({"resolution", "video_length", "duration_seconds", "batch_size"})
_EXPORT = "In Wan2GP choose the model and its settings, then *Export Settings to File*."


class Template(msgspec.Struct, kw_only=True):
    """Settings that somebody keeps under a title. `settings` are in Wan2GP's own words."""

    title: str
    settings: dict[str, Any]
    version: str = "1"
    tier: Literal["", "low", "standard", "high"] = ""
    makes: Literal["", "image", "video", "audio"] = ""
    seconds: float = 60.0


def suggest(content: bytes, title: str) -> dict[str, Any]:
    """The template that a file of settings suggests. Raises `wan2gp.bad_settings`."""
    found = _object(content)
    if isinstance(found.get("params"), dict):
        found = found["params"]
    if not isinstance(found.get("model_type"), str) or not found["model_type"]:
        raise _bad("The file names no model (model_type)")
    kept = {
        key: value
        for key, value in found.items()
        if key not in OURS and key not in OF_A_RUN and value not in (None, "", [])
    }
    template = Template(
        title=title.rpartition(".")[0] or title or found["model_type"],
        settings=people_values(kept),
        makes="image" if found.get("image_mode") in (1, 2) else "",
    )
    return msgspec.to_builtins(template)


def read(content: bytes) -> PipelineSummary:
    """What a template is. Raises `wan2gp.bad_settings`."""
    template = read_template(content)
    return PipelineSummary(
        title=template.title,
        version=template.version,
        tier=template.tier,
        parameters=tuple(
            PipelineParameter(name=key, title=title, kind=kind, default=template.settings[key])
            for key, title, kind in _OFFERED
            if isinstance(template.settings.get(key), int | float)
        ),
        makes=(template.makes,) if template.makes else (),
        models=(PipelineModel(name=str(template.settings["model_type"])),),
        seconds=template.seconds,
    )


def read_template(content: bytes) -> Template:
    """A template from its bytes. Raises `wan2gp.bad_settings`."""
    try:
        template = msgspec.json.decode(content, type=Template)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _bad(f"These are no settings of Wan2GP: {str(error)[:200]}") from error
    if not isinstance(template.settings.get("model_type"), str):
        raise _bad("The settings name no model (model_type)")
    template.settings = people_values(template.settings)
    return template


def recognises(content: bytes) -> bool:
    """Whether a file looks like settings of Wan2GP: it names a model's type."""
    return b'"model_type"' in content[:1_000_000]


FORMAT = PipelineFormat(
    name="wan2gp",
    title="Wan2GP settings",
    backend=NAME,
    suggest=suggest,
    read=read,
    recognises=recognises,
)

_OFFERED: tuple[tuple[str, str, Literal["integer", "number"]], ...] = (
    ("num_inference_steps", "Steps", "integer"),
    ("guidance_scale", "Guidance", "number"),
    ("flow_shift", "Flow shift", "number"),
    ("denoising_strength", "Strength", "number"),
)


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _bad("This is no file of settings: it is no JSON") from error
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if not isinstance(found, dict):
        raise _bad("This is no file of settings for one generation")
    return found


def _bad(sentence: str) -> DirectorError:
    return DirectorError("wan2gp.bad_settings", f"{sentence}.", hint=_EXPORT)
