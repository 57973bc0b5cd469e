"""Assets: what a film consists of beside its shots, as the library keeps it and nodes give it.

A backend gets them as JSON in `Input.value`; `msgspec.convert(value, Character, strict=False)`
makes them Structs. All fields have defaults, so that what a newer studio adds is passed over.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from .media import Media
from .params import hint

AssetKind = Literal["character", "style", "environment", "prop"]

_Text = Annotated[str, hint(widget="textarea", collab="text")]
_ShortText = Annotated[str, hint(max_length=500)]
_LongText = Annotated[str, hint(max_length=4000)]
_OneMedia = Annotated[Media | None, hint(widget="media")]
_ManyMedia = Annotated[list[Media], hint(widget="media", max_length=100)]
_Colour = Annotated[str, msgspec.Meta(pattern="^#[0-9A-Fa-f]{6}$")]


class Variation(msgspec.Struct, kw_only=True):
    """Another look of an asset (younger, in a coat, at night), with pictures of its own."""

    name: _ShortText = ""
    description: _LongText = ""
    images: Annotated[list[Media], hint(widget="media", max_length=20)] = []


class Angle(msgspec.Struct, kw_only=True):
    """An environment seen from somewhere: `towards the sea`, and a picture of it."""

    name: _ShortText = ""
    image: _OneMedia = None


class Character(msgspec.Struct, kw_only=True):
    """Somebody in the film. `trigger_word` is what a LoRA was trained on; `lora` its weights.

    `voice` names a voice of the machine's own engine (`en+f3` of espeak-ng, or one of piper);
    without it, what is known of the character decides.
    """

    name: _ShortText = ""
    description: _Text = ""
    aliases: Annotated[list[_ShortText], hint(widget="tags", max_length=64)] = []
    importance: Literal["lead", "supporting", "minor"] = "supporting"
    age: _ShortText = ""
    role: _ShortText = ""
    personality: _LongText = ""
    trigger_word: _ShortText = ""
    face_image: _OneMedia = None
    reference_images: _ManyMedia = []
    voice_sample: _OneMedia = None
    voice: _ShortText = ""
    lora: _OneMedia = None
    lora_state: Literal["none", "training", "ready", "failed"] = "none"
    variations: Annotated[list[Variation], hint(widget="variations", max_length=50)] = []


class Style(msgspec.Struct, kw_only=True):
    """A look. `parent_style` is the id of the asset that it builds on; `lut` a `.cube` file."""

    name: _ShortText = ""
    description: _Text = ""
    keywords: Annotated[list[_ShortText], hint(widget="tags", max_length=200)] = []
    palette: Annotated[list[_Colour], hint(widget="palette", max_length=64)] = []
    parent_style: Annotated[str, hint(widget="asset", max_length=64)] = ""
    example_images: _ManyMedia = []
    lut: _OneMedia = None


class Environment(msgspec.Struct, kw_only=True):
    """A place. `depth_map` is a picture, `hdr_map` an OpenEXR or HDR file of its light."""

    name: _ShortText = ""
    description: _Text = ""
    setting: Literal["interior", "exterior", "abstract"] = "interior"
    mood: _ShortText = ""
    time_of_day: _ShortText = ""
    weather: _ShortText = ""
    season: _ShortText = ""
    reference_images: _ManyMedia = []
    angles: Annotated[list[Angle], hint(widget="angles", max_length=50)] = []
    depth_map: _OneMedia = None
    hdr_map: _OneMedia = None


class Prop(msgspec.Struct, kw_only=True):
    """A thing: what a script names in capitals, or what somebody adds."""

    name: _ShortText = ""
    description: _Text = ""
    material: _ShortText = ""
    owner: _ShortText = ""
    reference_images: _ManyMedia = []


ASSETS: dict[AssetKind, type[Character | Style | Environment | Prop]] = {
    "character": Character,
    "style": Style,
    "environment": Environment,
    "prop": Prop,
}


class AssetRef(msgspec.Struct, kw_only=True):
    """Which asset of the library a node shows: its id, and the version whose content it has.

    A `frozen` one stays at that version; the others follow the newest.
    """

    id: Annotated[str, hint(max_length=64)]
    version: Annotated[int, msgspec.Meta(ge=0)] = 0
    frozen: bool = False
