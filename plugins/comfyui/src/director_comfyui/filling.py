"""A template and a request become the graph that runs: prompts, seed, size, files, values."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from node_registry.film import parse_rate, shot_frames

from node_registry import BackendError, DirectorError, Media, Request

from .template import MEDIA, Graph, Parameter, Template

LONGEST_TEXT = 20_000
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


def words_of(request: Request) -> str:
    """The prompt: what is connected or written, then what the assets add to it."""
    parts = [_connected_text(request) or _text(request.params.get("prompt"))]
    parts[0] = parts[0] or _text(request.params.get("text"))
    for entry in request.inputs.get("characters", []):
        if isinstance(entry.value, dict):
            parts.append(_text(entry.value.get("trigger_word")))
    for entry in request.inputs.get("style", []):
        if isinstance(entry.value, dict):
            keywords = entry.value.get("keywords")
            parts += [_text(word) for word in keywords] if isinstance(keywords, list) else []
    for entry in request.inputs.get("environment", []):
        if isinstance(entry.value, dict):
            parts += [_text(entry.value.get(key)) for key in ("mood", "time_of_day", "weather")]
    return ", ".join(part for part in parts if part)[:LONGEST_TEXT]


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
        "prompt": words_of(request),
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
        for media in _pictures(value.get(field) for field in fields):
            return media
    return None


def _pictures(values: Any) -> Sequence[Media]:
    found: list[Media] = []
    for value in values:
        for one in value if isinstance(value, list) else [value]:
            try:
                media = msgspec.convert(one, Media)
            except msgspec.ValidationError:
                continue
            if media.media_type.startswith("image/"):
                found.append(media)
    return found


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


def _connected_text(request: Request) -> str:
    for socket in ("prompt", "text"):
        for entry in request.inputs.get(socket, []):
            if isinstance(entry.value, str) and entry.value.strip():
                return entry.value.strip()
    return ""


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
