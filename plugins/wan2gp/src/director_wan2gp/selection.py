"""What a run asks of Wan2GP: which task it is, which model makes it, and what people changed."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from node_registry.prompts import assets_of, pictures_of

from node_registry import BackendError, Capabilities, Ingredients, Media, Needs, Request

from .presets import Preset, Task, read_presets
from .settings import Settings

Kind = Literal["image", "video", "audio"]

RESULTS: dict[str, tuple[str, Kind]] = {
    "film.shot": ("video", "video"),
    "film.image_generation": ("image", "image"),
    "film.audio_generation": ("audio", "audio"),
    "film.voice_synthesis": ("audio", "audio"),
    "film.style_transfer": ("video", "video"),
    "film.upscale": ("video", "video"),
}
"""The node types that Wan2GP makes, each with the socket and the kind of its result."""

# What a run sets itself, or what names files of the server.
OURS = frozenset(
    [
        "prompt",
        "seed",
        "mode",
        "image_mode",
        "output_filename",
        "client_id",
        "settings_version",
        "type",
        "multi_prompts_gen_type",
        "repeat_generation",
        "image_start",
        "image_end",
        "image_refs",
        "image_guide",
        "image_mask",
        "video_guide",
        "video_guide2",
        "video_mask",
        "video_source",
        "audio_guide",
        "audio_guide2",
        "audio_source",
        "replace_voice_sample",
        "replace_voice_sample2",
        "custom_guide",
        "_api",
    ]
)
MOST_REFERENCES = 4


class Choice(msgspec.Struct, frozen=True):
    """What a pipeline's node says: settings from the library, and values that people set there."""

    template: Media | None = None
    parameters: dict[str, Any] = {}


def choice_of(request: Request) -> Choice:
    """What the pipeline that is connected to a node chose. Raises `wan2gp.bad_pipeline`."""
    for entry in request.inputs.get("pipeline", []):
        if isinstance(entry.value, dict):
            fields = {key: entry.value.get(key) for key in ("template", "parameters")}
            try:
                return msgspec.convert({k: v for k, v in fields.items() if v}, Choice)
            except msgspec.ValidationError as error:
                raise BackendError(
                    "wan2gp.bad_pipeline",
                    f"The pipeline that is connected is none of Wan2GP: {str(error)[:200]}.",
                    hint="Choose its settings on the pipeline's node again.",
                ) from error
    return Choice()


def media_of(request: Request) -> dict[str, list[Media]]:
    """The files that a run gives to Wan2GP, by the setting that names them there."""
    kind = request.node_type
    if kind == "film.shot":
        return _named(image_start=_connected(request, "image")[:1])
    if kind == "film.image_generation":
        pictures = _connected(request, "image")
        for asset in assets_of(request, "characters"):
            pictures += pictures_of([asset.get("face_image"), asset.get("reference_images")])[:1]
        return _named(image_refs=pictures[:MOST_REFERENCES])
    if kind == "film.voice_synthesis":
        return _named(audio_guide=_samples(request)[:1])
    if kind == "film.style_transfer":
        return _named(video_guide=_connected(request, "video")[:1])
    if kind == "film.upscale":
        return _named(video_source=_connected(request, "video")[:1])
    return {}


def task_of(request: Request) -> Task:
    """What is to be made, by the node and by what is connected to it."""
    given = media_of(request)
    match request.node_type:
        case "film.shot":
            return "video_from_image" if given else "video"
        case "film.image_generation":
            return "image_from_image" if given else "image"
        case "film.voice_synthesis":
            return "voice_from_sample" if given else "voice"
        case "film.style_transfer":
            return "restyle"
        case "film.upscale":
            return "upscale"
        case _:
            return "audio"


def preset_of(request: Request, settings: Settings) -> Preset:
    """The model and settings for a task at the quality of a run. Raises `wan2gp.bad_presets`."""
    return read_presets(settings.presets)[task_of(request)][request.tier]


def estimate(request: Request, capabilities: Capabilities, settings: Settings) -> Needs:
    """A slot of one of our servers, for about as long as the preset says."""
    ours = settings.addresses()
    seconds = preset_of(request, settings).seconds
    for entry in request.inputs.get("pipeline", []):
        template = entry.value.get("template") if isinstance(entry.value, dict) else None
        facts = template.get("facts") if isinstance(template, dict) else None
        known = facts.get("seconds") if isinstance(facts, dict) else None
        seconds = float(known) if isinstance(known, int | float) and known > 0 else seconds
    return Needs(
        servers=tuple(name for name in capabilities.servers if name in ours), seconds=seconds
    )


def ingredients(request: Request, settings: Settings) -> Ingredients:
    """The model's name; Wan2GP tells no digest of its weights."""
    try:
        choice = choice_of(request)
    except BackendError:
        return Ingredients()
    chosen = choice.parameters.get("model_type")
    model = chosen if isinstance(chosen, str) else preset_of(request, settings).model_type
    return Ingredients(
        models={model: None} if model else {},
        workflow=choice.template.digest if choice.template else None,
    )


def _connected(request: Request, socket: str) -> list[Media]:
    return [entry.media for entry in request.inputs.get(socket, []) if entry.media is not None]


def _samples(request: Request) -> list[Media]:
    found: list[Media] = []
    for asset in assets_of(request, "character"):
        try:
            media = msgspec.convert(asset.get("voice_sample"), Media)
        except msgspec.ValidationError:
            continue
        if media.media_type.startswith("audio/"):
            found.append(media)
    return found


def _named(**media: list[Media]) -> dict[str, list[Media]]:
    return {name: found for name, found in media.items() if found}
