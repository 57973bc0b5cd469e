"""Fields that several node types have: texts, names, seeds, takes, the link to the script."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from node_registry import AssetRef, Media, hint


def described(sentence: str) -> msgspec.Meta:
    """A sentence for people beside a field of the form."""
    return msgspec.Meta(description=sentence)


Text = Annotated[str, hint(widget="textarea", collab="text")]
Name = Annotated[str, hint(max_length=200)]
ShortText = Annotated[str, hint(max_length=500)]
LongText = Annotated[str, hint(max_length=4000)]
Code = Annotated[str, hint(pattern="^[0-9A-Za-z]{0,16}$")]
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Pixels = Annotated[Count | None, hint(unit="px")]
Seconds = Annotated[float, hint(widget="duration", unit="s", gt=0, le=3600)]
Share = Annotated[float, hint(widget="slider", ge=0, le=1)]
OneMedia = Annotated[Media | None, hint(widget="media")]
ManyMedia = Annotated[list[Media], hint(widget="media", max_length=100)]

# The SDK's `Tier`, or the project's where it is empty; one list, so that a form shows one choice.
TierOrProject = Annotated[
    Literal["", "low", "standard", "high"],
    hint(digest=False),
    described("Empty: the project's."),
]
Seed = Annotated[
    Annotated[int, msgspec.Meta(ge=0)] | None,
    hint(widget="seed", digest=False),
    described("Empty: one that stays the same."),
]
SeedLocked = Annotated[bool, hint(digest=False)]
ActiveTake = Annotated[
    str | None, hint(widget="take", digest=False, write="system", collab="compare")
]
ScriptLink = Annotated[dict[str, Any] | None, hint(widget="hidden", digest=False, write="system")]

# What the studio keeps in step: the node has the fields of this asset, at this version.
AssetLink = Annotated[AssetRef | None, hint(widget="asset", digest=False)]


class TakeParams(msgspec.Struct):
    """What a node that generates takes has besides its own fields."""

    quality: TierOrProject = ""
    seed: Seed = None
    seed_locked: SeedLocked = False
    active_take: ActiveTake = None
