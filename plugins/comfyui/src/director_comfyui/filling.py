"""A template and a request become the graph that runs: prompts, seed, size, files, values."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from node_registry.film import parse_rate, shot_frames
from node_registry.prompts import LONGEST_TEXT, pictures_of, prompt_of

from node_registry import BackendError, DirectorError, Media, Request

from .template import MEDIA, Graph, Parameter, Template

# Where the files of a source come from: sockets of the node, in their order of preference.
SOCKETS = {
    "image": ("image", "video"),
    "video": ("video",),
    "audio": ("audio",),
    "mask": ("mask",),
    "control": ("control",),
}
# ... or the pictures of an asset that is connected: its socket, and the fields that hold some.
ASSETS = {
    "face": ("characters", ("face_image", "reference_images")),
    "style_image": ("style", ("example_images",)),
    "background": ("environment", ("background", "reference_images")),
}


def media_of(template: Template, request: Request) -> dict[str, Media]:
    """The files that a run puts into the workflow, by parameter. Raises `comfyui.no_input`."""
    found: dict[str, Media] = {}
    for parameter in template.parameters:
        if parameter.kind not in MEDIA:
            continue
        media = _media(parameter, request)
        if media is None:
            raise BackendError(
                "comfyui.no_input",
                f"The workflow {template.title[:80]!r} needs {_article(parameter.kind)} for "
                f"{parameter.title[:80]!r}, and nothing is connected.",
                hint=f"Connect {_article(parameter.kind)} to the node, or choose a workflow that "
                "needs none.",
            )
        found[parameter.name] = media
    return found


def fill(
    template: Template,
    request: Request,
    values: Mapping[str, Any],
    uploaded: Mapping[str, str],
) -> Graph:
    """The graph of one run. `values` are people's, `uploaded` the names of files on the server.

    Raises `comfyui.bad_value` for a value that does not fit its parameter.
    """
    graph = copy.deepcopy(template.workflow)
    facts = _facts(request)
    for parameter in template.parameters:
        if parameter.kind in MEDIA:
            value: Any = uploaded[parameter.name]
        elif parameter.name in values and values[parameter.name] is not None:
            value = check_value(parameter, values[parameter.name])
        elif parameter.source:
            value = facts.get(parameter.source)
            if value is None or (value == "" and parameter.default):
                value = parameter.default
            elif parameter.kind == "integer" and isinstance(value, float):
                value = round(value)
        else:
            continue
        graph[parameter.node].setdefault("inputs", {})[parameter.input] = value
    return graph


def check_value(parameter: Parameter, value: Any) -> Any:
    """The value as the workflow takes it. Raises `comfyui.bad_value`."""
    kind = parameter.kind
    if kind in ("integer", "number") and isinstance(value, str | int | float):
        value = _number(parameter, value)
        low, high = parameter.minimum, parameter.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            raise _bad(parameter, f"is {value:g}, outside {low} to {high}")
        return value
    if kind == "boolean" and isinstance(value, bool):
        return value
    if kind == "choice" and value in parameter.choices:
        return value
    if kind == "text" and isinstance(value, str) and len(value) <= LONGEST_TEXT:
        return value
    raise _bad(parameter, f"is no {kind} that it takes")


def _facts(request: Request) -> dict[str, Any]:
    """What the studio knows of a run, by source."""
    params, settings = request.params, request.settings
    try:
        rate = parse_rate(settings.rate)
        frames = shot_frames({"duration_estimate": params.get("duration"), **params}, rate)
    except (DirectorError, TypeError, ValueError, OverflowError) as error:
        raise BackendError(
            "comfyui.bad_length",
            "The length of this node is no length.",
            hint="Set its duration or its frames.",
        ) from error
    return {
        "prompt": prompt_of(request),
        "negative_prompt": _text(params.get("negative_prompt")),
        "seed": request.seed,
        "width": params.get("width") or settings.width,
        "height": params.get("height") or settings.height,
        "frames": frames,
        "duration": float(frames / rate),
        "rate": float(rate),
    }


def _media(parameter: Parameter, request: Request) -> Media | None:
    for socket in SOCKETS.get(parameter.source, ()):
        for entry in request.inputs.get(socket, []):
            if entry.media is not None and entry.media.media_type.startswith(parameter.kind + "/"):
                return entry.media
    socket, fields = ASSETS.get(parameter.source, ("", ()))
    for entry in request.inputs.get(socket, []):
        if entry.media is not None:
            return entry.media
        value = entry.value if isinstance(entry.value, dict) else {}
        for media in pictures_of(value.get(field) for field in fields):
            return media
    return None


def _number(parameter: Parameter, value: str | int | float) -> int | float:
    try:
        if parameter.kind == "number":
            return float(value)
        whole = int(value)
        if isinstance(value, float) and whole != value:
            raise _bad(parameter, f"is {value:g}, and must be whole")
        return whole
    except (ValueError, OverflowError) as error:
        raise _bad(parameter, f"is no {parameter.kind}") from error


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _article(kind: str) -> str:
    return {"image": "a picture", "video": "a video", "audio": "a sound"}[kind]


def _bad(parameter: Parameter, what: str) -> BackendError:
    return BackendError(
        "comfyui.bad_value",
        f"{parameter.title[:80]!r} {what}.",
        hint="Change it on the pipeline's node.",
    )
