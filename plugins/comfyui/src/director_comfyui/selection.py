"""Which workflow a run uses: what the connected pipeline says, and what a run of it needs."""

from __future__ import annotations

from typing import Any

import msgspec

from node_registry import (
    BackendError,
    Capabilities,
    Ingredients,
    Media,
    Needs,
    Request,
)

from .results import Kind
from .settings import Settings

RESULTS: dict[str, tuple[str, Kind]] = {
    "film.shot": ("video", "video"),
    "film.image_generation": ("image", "image"),
    "film.audio_generation": ("audio", "audio"),
    "film.voice_synthesis": ("audio", "audio"),
    "film.style_transfer": ("video", "video"),
    "film.upscale": ("video", "video"),
}
"""The node types that workflows make, each with the socket and the kind of its result."""


class Choice(msgspec.Struct, frozen=True):
    """What the pipeline's node says: a template in the storage, and the values of its parameters.

    The template's `facts` hold what is known of it without reading it: `models`, `seconds`.
    """

    template: Media | None = None
    parameters: dict[str, Any] = {}


def choice_of(request: Request) -> Choice:
    """What the pipeline that is connected to a node chose. Raises `comfyui.bad_pipeline`."""
    for entry in request.inputs.get("pipeline", []):
        if isinstance(entry.value, dict):
            fields = {key: entry.value.get(key) for key in ("template", "parameters")}
            try:
                return msgspec.convert({k: v for k, v in fields.items() if v}, Choice)
            except msgspec.ValidationError as error:
                raise BackendError(
                    "comfyui.bad_pipeline",
                    f"The pipeline that is connected is none of ComfyUI: {str(error)[:200]}.",
                    hint="Choose a workflow on the pipeline's node again.",
                ) from error
    return Choice()


def no_workflow() -> BackendError:
    """The error of a node to which no pipeline is connected, or one without a workflow."""
    return BackendError(
        "comfyui.no_workflow",
        "No workflow says how ComfyUI is to make this.",
        hint="Connect a Pipeline node, and choose a workflow there.",
    )


def estimate(request: Request, capabilities: Capabilities, settings: Settings) -> Needs:
    """A slot of one of our servers, for about as long as the workflow's author says."""
    facts = _facts(request)
    seconds = facts.get("seconds")
    ours = settings.addresses()
    return Needs(
        servers=tuple(name for name in capabilities.servers if name in ours),
        seconds=float(seconds) if isinstance(seconds, int | float) and seconds > 0 else 60.0,
    )


def ingredients(request: Request) -> Ingredients:
    """The workflow's digest, and its models with the digests that its author gave."""
    try:
        template = choice_of(request).template
    except BackendError:
        return Ingredients()
    if template is None:
        return Ingredients()
    models = template.facts.get("models")
    known = {
        str(model["name"]): model.get("sha256") or None
        for model in (models if isinstance(models, list) else [])
        if isinstance(model, dict) and model.get("name")
    }
    return Ingredients(models=known, workflow=template.digest)


def _facts(request: Request) -> dict[str, Any]:
    try:
        template = choice_of(request).template
    except BackendError:
        return {}
    return template.facts if template else {}
