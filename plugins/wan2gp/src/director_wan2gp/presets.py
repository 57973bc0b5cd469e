"""Which model of Wan2GP makes what at which quality: data that an operator may replace."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from node_registry import BackendError, Tier

Task = Literal[
    "video",
    "video_from_image",
    "image",
    "image_from_image",
    "audio",
    "voice",
    "voice_from_sample",
    "restyle",
    "upscale",
]


class Preset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model and its settings, in Wan2GP's own words.

    `pixels` is about how many a picture has, in the film's proportions; 0 leaves it to the model.
    `seconds` is about how long a run takes on a card of 24 GB with the model in memory.
    """

    model_type: str = ""
    settings: dict[str, Any] = {}
    pixels: int = 0
    seconds: float = 60.0


OUR_FILE = Path(__file__).with_name("presets.json")

Presets = dict[Task, dict[Tier, Preset]]


@lru_cache(maxsize=8)
def read_presets(own: str) -> Presets:
    """The plugin's presets, with those of an operator's file in their place.

    Raises `wan2gp.bad_presets` for a file that cannot be read.
    """
    found = msgspec.json.decode(OUR_FILE.read_bytes(), type=Presets)
    if not own:
        return found
    try:
        replaced = msgspec.json.decode(Path(own).read_bytes(), type=Presets)
    except (OSError, msgspec.DecodeError) as error:
        why = str(error) if isinstance(error, msgspec.DecodeError) else "it is not there"
        raise BackendError(
            "wan2gp.bad_presets",
            f"The file of presets for Wan2GP cannot be used: {why[:200]}.",
            hint="Correct the file that DIRECTOR_PLUGIN_WAN2GP__PRESETS names.",
        ) from error
    for task, tiers in replaced.items():
        found[task] = {**found[task], **tiers}
    return found


def profile_for(vram_gb: float, ram_gb: float) -> float | None:
    """The memory profile of Wan2GP for a machine; None where its memory is not known."""
    if vram_gb <= 0:
        return None
    ram = ram_gb or 32
    if vram_gb >= 24 and ram >= 64:
        return 1
    if vram_gb >= 24 and ram >= 32:
        return 3
    if vram_gb >= 12 and ram >= 64:
        return 2
    return 4 if vram_gb >= 12 and ram >= 32 else 5
