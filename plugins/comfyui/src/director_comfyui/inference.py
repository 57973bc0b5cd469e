"""What a workflow lets people set, what comes out of it and what it needs, read from its graph."""

from __future__ import annotations

import re
from typing import Any, cast

import msgspec

from .template import (
    MEDIA,
    Graph,
    GraphNode,
    Kind,
    ModelFile,
    OutputNode,
    Parameter,
    Source,
    Template,
    is_link,
    title_of,
)

MODEL_ENDING = re.compile(r"\.(safetensors|sft|ckpt|pth?|bin|gguf|onnx)$", re.IGNORECASE)
# Of an input's name that names a file of weights, the folder below ComfyUI's models.
FOLDERS = {
    "ckpt_name": "checkpoints",
    "unet_name": "diffusion_models",
    "lora_name": "loras",
    "vae_name": "vae",
    "clip_name": "text_encoders",
    "clip_name1": "text_encoders",
    "clip_name2": "text_encoders",
    "clip_name3": "text_encoders",
    "control_net_name": "controlnet",
    "style_model_name": "style_models",
    "gligen_name": "gligen",
    "hypernetwork_name": "hypernetworks",
    "audio_encoder_name": "audio_encoders",
}
FOLDERS_BY_TYPE = {
    "UpscaleModelLoader": "upscale_models",
    "CLIPVisionLoader": "clip_vision",
    "LatentUpscaleModelLoader": "latent_upscale_models",
}
# An input of this name is set by the studio, whatever node it is of.
SOURCES: dict[str, Source] = {
    "seed": "seed",
    "noise_seed": "seed",
    "fps": "rate",
    "frame_rate": "rate",
}
SIZED = re.compile(
    r"(Empty.*(Latent|Image|Video)|.*(ToVideo|TextToVideo|Resize).*|ModelSampling.*)"
)
LENGTHS = {"length", "video_frames", "num_frames", "frames"}
LOADERS: dict[str, tuple[str, Kind, Source]] = {
    "LoadImage": ("image", "image", "image"),
    "LoadImageMask": ("image", "image", "mask"),
    "LoadImageOutput": ("image", "image", "image"),
    "LoadVideo": ("file", "video", "video"),
    "LoadAudio": ("audio", "audio", "audio"),
    "VHS_LoadVideo": ("video", "video", "video"),
    "VHS_LoadAudioUpload": ("audio", "audio", "audio"),
}
TITLED: dict[str, Source] = {
    "mask": "mask",
    "control": "control",
    "depth": "control",
    "pose": "control",
    "canny": "control",
    "face": "face",
    "style": "style_image",
    "background": "background",
    "environment": "background",
}
OUTPUTS = (
    (re.compile(r"(SaveVideo|SaveWEBM|VHS_VideoCombine|SaveAnimated\w+)"), "video"),
    (re.compile(r"(SaveAudio\w*|PreviewAudio)"), "audio"),
    (re.compile(r"(SaveImage\w*|PreviewImage)"), "image"),
)
SETTABLE: dict[type, Kind] = {bool: "boolean", int: "integer", float: "number", str: "text"}


def infer(graph: Graph, *, title: str, tier: str = "") -> Template:
    """The template that a workflow suggests: people see it, change it and confirm it.

    Set by the studio: prompts, seeds, sizes, lengths, and files to load. Offered to people: what
    else is written into a node that its author gave a title of its own.
    """
    parameters: list[Parameter] = []
    for node_id, node in graph.items():
        parameters += _parameters_of(graph, node_id, node)
    return msgspec.convert(
        {
            "title": title,
            "tier": tier,
            "workflow": graph,
            "parameters": msgspec.to_builtins(_with_unique_names(parameters)),
            "outputs": msgspec.to_builtins(_outputs_of(graph)),
            "models": msgspec.to_builtins(models_of(graph)),
            "node_types": sorted({node["class_type"] for node in graph.values()}),
        },
        Template,
    )


def models_of(graph: Graph) -> list[ModelFile]:
    """The files of weights that a workflow names, each once."""
    found: dict[str, ModelFile] = {}
    for node in graph.values():
        for name, value in node.get("inputs", {}).items():
            if isinstance(value, str) and MODEL_ENDING.search(value):
                found[value] = ModelFile(name=value, folder=folder_of(node["class_type"], name))
    return list(found.values())


def folder_of(class_type: str, input_name: str) -> str:
    """The folder of ComfyUI's models in which a file for this input belongs; "" if unknown."""
    return FOLDERS_BY_TYPE.get(class_type) or FOLDERS.get(input_name, "")


def _parameters_of(graph: Graph, node_id: str, node: GraphNode) -> list[Parameter]:
    class_type, title = node["class_type"], title_of(node)
    titled = "_meta" in node and _is_own_title(title, class_type)
    found: list[Parameter] = []
    for name, value in node.get("inputs", {}).items():
        if is_link(value) or isinstance(value, list | dict) or value is None:
            continue
        kind = SETTABLE[type(value)]
        source = _source_of(graph, node_id, class_type, title, name, value)
        is_model = isinstance(value, str) and MODEL_ENDING.search(value)
        if (loader := LOADERS.get(class_type)) and loader[0] == name:
            kind = loader[1]
        elif is_model or (not source and not titled):
            continue
        label = title if name in ("text", "value", "image", "file") else f"{title}: {name}"
        found.append(
            Parameter(
                name=_slug(label),
                title=label.replace("_", " "),
                node=node_id,
                input=name,
                kind=kind,
                source=source,
                default=None if kind in MEDIA else value,
            )
        )
    return found


def _source_of(
    graph: Graph, node_id: str, class_type: str, title: str, name: str, value: Any
) -> Source:
    words = title.lower()
    if loader := LOADERS.get(class_type):
        if loader[0] != name:
            return ""
        named = (source for word, source in TITLED.items() if word in words)
        return cast("Source", next(named, loader[2])) if loader[1] == "image" else loader[2]
    if name in SOURCES and isinstance(value, int | float):
        return SOURCES[name]
    if isinstance(value, str) and name in ("text", "prompt", "value", "string"):
        return _prompt_of(graph, node_id, class_type, words)
    if name in ("width", "height") and isinstance(value, int) and SIZED.fullmatch(class_type):
        return "width" if name == "width" else "height"
    if name in LENGTHS and isinstance(value, int) and SIZED.fullmatch(class_type):
        return "frames"
    if name == "amount" and class_type == "RepeatImageBatch":
        return "frames"
    return ""


def _prompt_of(graph: Graph, node_id: str, class_type: str, words: str) -> Source:
    """Whether a text is the prompt, by the title, or by the input that it goes into."""
    if "negative" in words:
        return "negative_prompt"
    if "positive" in words or words in ("prompt", "text prompt"):
        return "prompt"
    if not class_type.startswith("CLIPTextEncode"):
        return ""
    ends = {
        name
        for node in graph.values()
        for name, value in node.get("inputs", {}).items()
        if is_link(value) and value[0] == node_id
    }
    if "negative" in ends and "positive" not in ends:
        return "negative_prompt"
    return "prompt"


def _is_own_title(title: str, class_type: str) -> bool:
    """Whether the author chose a title: it is not the type's name with spaces."""
    plain = re.sub(r"[^a-z0-9]", "", title.lower())
    return plain != re.sub(r"[^a-z0-9]", "", class_type.lower())


def _outputs_of(graph: Graph) -> list[OutputNode]:
    saved: list[OutputNode] = []
    shown: list[OutputNode] = []
    for node_id, node in graph.items():
        for pattern, kind in OUTPUTS:
            if pattern.fullmatch(node["class_type"]):
                output = OutputNode(node=node_id, kind=kind)  # type: ignore[arg-type]
                (shown if node["class_type"].startswith("Preview") else saved).append(output)
                break
    return saved or shown


def _with_unique_names(parameters: list[Parameter]) -> list[Parameter]:
    taken: dict[str, int] = {}
    found: list[Parameter] = []
    for parameter in parameters:
        count = taken[parameter.name] = taken.get(parameter.name, 0) + 1
        name = parameter.name if count == 1 else f"{parameter.name}_{count}"
        found.append(msgspec.structs.replace(parameter, name=name))
    return found


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:60] or "value"
