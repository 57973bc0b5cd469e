"""A request becomes the settings of one job: prompt, seed, size, length, files, people's values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from node_registry.film import parse_rate, shot_frames
from node_registry.prompts import assets_of, prompt_of

from node_registry import BackendError, DirectorError, Request

from .presets import Preset
from .prompting import escape
from .selection import OURS, RESULTS

GRID = 16
LARGEST_SEED = 1 << 31
DEEPEST = 3
MOST_SETTINGS = 200


def fill(
    request: Request,
    preset: Preset,
    chosen: Mapping[str, Any],
    uploaded: Mapping[str, list[str]],
    *,
    name: str,
    profile: float | None,
) -> dict[str, Any]:
    """The settings of one job. `chosen` are people's, `uploaded` the ids of files there.

    `name` is that of the result's file, by which it is found again. Raises `wan2gp.bad_value`,
    `wan2gp.bad_length`, `wan2gp.no_prompt`.
    """
    kind = RESULTS[request.node_type][1]
    task: dict[str, Any] = {
        # One job is one task: the default parts a prompt at its blank lines.
        "multi_prompts_gen_type": "FG",
        "repeat_generation": 1,
        "prompt_enhancer": "",
        "image_mode": 1 if kind == "image" else 0,
        "seed": request.seed % LARGEST_SEED,
        "output_filename": name,
        "client_id": name,
    }
    if request.node_type == "film.upscale":
        return task | _upscaling(request, preset) | _files(uploaded)
    task["model_type"] = preset.model_type
    # What speeds one model up is wrong for another.
    if chosen.get("model_type", preset.model_type) == preset.model_type:
        task |= preset.settings
    task["prompt"] = _prompt(request)
    negative = request.params.get("negative_prompt")
    if isinstance(negative, str) and negative.strip():
        task["negative_prompt"] = escape(negative)
    if kind == "image":
        task["batch_size"] = 1
    if kind == "video" and request.node_type == "film.shot":
        task["video_length"] = f"{_seconds(request):.3f}s"
    if request.node_type == "film.style_transfer" and (source := _source_seconds(request)):
        task["video_length"] = f"{source:.3f}s"
    if request.node_type == "film.audio_generation":
        task["duration_seconds"] = _seconds(request)
    if request.node_type == "film.voice_synthesis":
        task |= _voice(request, bool(uploaded))
    if preset.pixels:
        task["resolution"] = _resolution(request, preset.pixels)
    if profile is not None:
        task["override_profile"] = profile
    return task | people_values(chosen) | _files(uploaded)


def people_values(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that people wrote, checked. Raises `wan2gp.bad_value`."""
    if len(chosen) > MOST_SETTINGS:
        raise _bad("The pipeline", f"sets more than {MOST_SETTINGS} things")
    for key, value in chosen.items():
        if key in OURS:
            raise _bad(repr(key[:40]), "is set by the studio for each run")
        if not _is_plain(value, DEEPEST):
            raise _bad(repr(key[:40]), "has a value that Wan2GP does not take")
    return {key: value for key, value in chosen.items() if value is not None}


def _prompt(request: Request) -> str:
    if request.node_type == "film.voice_synthesis":
        entries = request.inputs.get("text", [])
        connected = [e.value for e in entries if isinstance(e.value, str) and e.value.strip()]
        words = connected[0] if connected else str(request.params.get("text") or "")
    else:
        words = prompt_of(request)
    prompt = escape(words)
    if not prompt:
        raise BackendError(
            "wan2gp.no_prompt",
            "The node says nothing of what Wan2GP is to make.",
            hint="Write a prompt on the node, or connect a text.",
        )
    return prompt


def _voice(request: Request, has_sample: bool) -> dict[str, Any]:
    """How a voice is to sound that has no sample: what is known of its character."""
    if has_sample:
        return {}
    parts: list[str] = []
    for character in assets_of(request, "character"):
        known = (character.get(key) for key in ("age", "personality", "description"))
        parts += [str(value) for value in known if isinstance(value, str) and value.strip()]
    described = escape(", ".join(parts))[:500]
    return {"alt_prompt": described} if described else {}


def _upscaling(request: Request, preset: Preset) -> dict[str, Any]:
    factor = request.params.get("factor") or 2
    entries = request.inputs.get("video", [])
    facts = entries[0].media.facts if entries and entries[0].media else {}
    width = request.params.get("width")
    if width and isinstance(facts.get("width"), int) and facts["width"] > 0:
        factor = width / facts["width"]
    # It has factors of 1 to 4, by halves.
    stepped = min(4.0, max(1.0, round(float(factor) * 2) / 2))
    written = f"{stepped:g}"
    settings = {
        key: value.replace("{factor}", written) if isinstance(value, str) else value
        for key, value in preset.settings.items()
    }
    return {
        "mode": "edit_postprocessing",
        "prompt": "Upscale",
        "resolution": "",
        "temporal_upsampling": "",
        "film_grain_intensity": 0,
        "postprocess_audio": "",
        **settings,
    }


def _files(uploaded: Mapping[str, list[str]]) -> dict[str, Any]:
    return {key: ids if key == "image_refs" else ids[0] for key, ids in uploaded.items()}


def _seconds(request: Request) -> float:
    params = request.params
    try:
        rate = parse_rate(request.settings.rate)
        frames = shot_frames({"duration_estimate": params.get("duration"), **params}, rate)
    except (DirectorError, TypeError, ValueError, OverflowError) as error:
        raise BackendError(
            "wan2gp.bad_length",
            "The length of this node is no length.",
            hint="Set its duration or its frames.",
        ) from error
    return round(float(frames / rate), 3)


def _source_seconds(request: Request) -> float:
    """How long the connected video is; 0 where nobody knows."""
    for entry in request.inputs.get("video", []):
        facts = entry.media.facts if entry.media else {}
        try:
            return int(facts["frames"]) / float(parse_rate(facts["rate"]))
        except (DirectorError, KeyError, TypeError, ValueError):
            continue
    return 0.0


def _resolution(request: Request, pixels: int) -> str:
    """About so many pixels in the proportions of the node or the film, on the models' grid."""
    width = request.params.get("width") or request.settings.width
    height = request.params.get("height") or request.settings.height
    scale = math.sqrt(pixels / (width * height))
    sides = (max(GRID, round(side * scale / GRID) * GRID) for side in (width, height))
    return "x".join(map(str, sides))


def _is_plain(value: Any, depth: int) -> bool:
    if isinstance(value, str):
        return len(value) <= 2000
    if isinstance(value, list):
        return depth > 0 and len(value) <= 100 and all(_is_plain(one, depth - 1) for one in value)
    if isinstance(value, dict):
        return depth > 0 and all(_is_plain(one, depth - 1) for one in value.values())
    return value is None or isinstance(value, bool | int | float)


def _bad(what: str, why: str) -> BackendError:
    return BackendError(
        "wan2gp.bad_value", f"{what} {why}.", hint="Change it on the pipeline's node."
    )
