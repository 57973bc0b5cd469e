"""Requests: what a backend is given to run a node once, complete."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from .media import Media

Tier = Literal["low", "standard", "high"]
"""The quality that people chose: a draft, a production's, the best. One word for it everywhere."""


Params = dict[str, Any]
"""The params of a node: a JSON object, valid by the schema of its node type."""


class RenderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The film's format: pixels, frames a second (`"24"` or `"24000/1001"`), Hz of sound."""

    width: int = 1920
    height: int = 1080
    rate: str = "24"
    sample_rate: int = 48000


class Slate(msgspec.Struct, frozen=True, kw_only=True):
    """What the board in the corner says: which film, `SCENE_01` and `SHOT_010` this is."""

    project: str = ""
    scene: str = ""
    shot: str = ""
    version: int = 1


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """One thing connected to an input socket: JSON in `value`, or bytes in `media`.

    `node_id` is the node that it comes from, `label` what people call that node: name it in
    errors. `strength` is the edge's, 0 to 1. What is known of the bytes (pixels, frames, seconds)
    stands in `media.facts`.
    """

    node_id: str
    label: str = ""
    value: Any = None
    media: Media | None = None
    strength: float = 1.0


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one node, complete: equal requests make equal results.

    `params` holds what people set in the node's form, valid by its schema. `inputs` holds, for
    each input socket id that is connected, what is connected to it, in order. `seed` is a
    non-negative integer below 2**63. `attempt` counts from 1. `resume` is what the last
    `RunContext.checkpoint` of an earlier attempt of this task kept, or None: a remote job that is
    named there is followed to its end, not submitted again. `catalog_digest` is that of the file
    that the node type comes from, where a catalog brought it: the recipe names it, so a worker
    whose file is another one refuses to run it.
    """

    task_id: str
    attempt: int
    node_id: str
    node_type: str
    params: Params = {}
    inputs: dict[str, list[Input]] = {}
    seed: int = 0
    tier: Tier = "standard"
    settings: RenderSettings = RenderSettings()
    slate: Slate = Slate()
    resume: bytes | None = None
    catalog_digest: str = ""
