"""The starter workflows are whole: by the plugin's own reading, and by the types of their links."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from director_comfyui import Settings
from director_comfyui.format import format_of, read
from director_comfyui.inference import models_of
from director_comfyui.starters import OURS, starters
from director_comfyui.template import is_link, read_template

TASKS = {
    "text_to_image": ("image", {"prompt", "seed"}),
    "image_to_video": ("video", {"prompt", "seed", "image", "frames", "rate"}),
    "upscale": ("video", {"video"}),
    "style_transfer": ("video", {"prompt", "seed", "video"}),
}
FILES = sorted(OURS.glob("*.json"))
# What the outputs of these types are, in ComfyUI 0.30.2, and what their inputs of the same names
# take: a link whose ends differ is refused there.
GIVES = {
    "CLIPLoader": ("CLIP",),
    "CLIPTextEncode": ("CONDITIONING",),
    "CheckpointLoaderSimple": ("MODEL", "CLIP", "VAE"),
    "CreateVideo": ("VIDEO",),
    "DualCLIPLoader": ("CLIP",),
    "EmptyLatentImage": ("LATENT",),
    "EmptySD3LatentImage": ("LATENT",),
    "FluxGuidance": ("CONDITIONING",),
    "GetVideoComponents": ("IMAGE", "AUDIO", "FLOAT"),
    "ImageScale": ("IMAGE",),
    "ImageScaleBy": ("IMAGE",),
    "ImageUpscaleWithModel": ("IMAGE",),
    "KSampler": ("LATENT",),
    "KSamplerAdvanced": ("LATENT",),
    "LoadImage": ("IMAGE", "MASK"),
    "LoadVideo": ("VIDEO",),
    "LoraLoaderModelOnly": ("MODEL",),
    "ModelSamplingSD3": ("MODEL",),
    "UNETLoader": ("MODEL",),
    "UpscaleModelLoader": ("UPSCALE_MODEL",),
    "VAEDecode": ("IMAGE",),
    "VAEEncode": ("LATENT",),
    "VAELoader": ("VAE",),
    "Wan22ImageToVideoLatent": ("LATENT",),
    "WanImageToVideo": ("CONDITIONING", "CONDITIONING", "LATENT"),
}
TAKES = {
    "model": "MODEL", "clip": "CLIP", "vae": "VAE", "positive": "CONDITIONING",
    "negative": "CONDITIONING", "conditioning": "CONDITIONING", "latent_image": "LATENT",
    "samples": "LATENT", "pixels": "IMAGE", "images": "IMAGE", "image": "IMAGE",
    "start_image": "IMAGE", "upscale_model": "UPSCALE_MODEL", "fps": "FLOAT", "audio": "AUDIO",
    "video": "VIDEO",
}  # fmt: skip


def test_there_is_one_for_each_task_and_quality() -> None:
    names = {path.name for path in FILES}
    tiers = ("low", "standard", "high")
    assert names == {f"{task}.{tier}.json" for task in TASKS for tier in tiers}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_starter_is_whole(path: Path) -> None:
    task, tier = path.stem.split(".")
    content = path.read_bytes()
    template, summary = read_template(content), read(content)
    kind, sources = TASKS[task]
    assert summary.tier == tier
    assert summary.makes == (kind,)
    assert summary.seconds > 0
    assert {one.source for one in template.parameters} >= sources
    assert {(one.name, one.folder) for one in template.models} == {
        (one.name, one.folder) for one in models_of(template.workflow)
    }
    for model in template.models:
        assert model.folder
        assert model.source.startswith("https://"), model.name
    for name, node in template.workflow.items():
        for key, value in node["inputs"].items():
            if is_link(value):
                source = template.workflow[value[0]]["class_type"]
                assert GIVES[source][value[1]] == TAKES[key], f"{name}.{key}"


def test_an_operators_folder_adds_and_replaces(tmp_path: Path) -> None:
    mine: dict[str, Any] = json.loads((OURS / "upscale.low.json").read_text())
    (tmp_path / "upscale.low.json").write_text(json.dumps({**mine, "title": "Ours"}))
    (tmp_path / "another.json").write_text(json.dumps({**mine, "title": "Another"}))
    (tmp_path / "broken.json").write_text("{")
    found = starters(str(tmp_path))
    titles = [one["title"] for one in found]
    assert len(found) == len(FILES) + 1
    assert {"Ours", "Another"} <= set(titles)
    assert mine["title"] not in titles
    assert len(starters(str(tmp_path / "nowhere"))) == len(FILES)
    offered = format_of(Settings(starters=str(tmp_path))).starters
    assert offered is not None
    assert len(offered()) == len(found)
