"""Run events: what a backend tells while it runs."""

from __future__ import annotations

from typing import Literal

import msgspec

from .media import Media
from .params import JsonSchema

PREVIEW_LIMIT = 64 * 1024
"""The most bytes that a preview may have."""


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    """How far a run is: `fraction` from 0 to 1, and what it does now, for people.

    It only goes forward. People see the newest of a tenth of a second, in percent.
    """

    fraction: float
    step: str = ""


class Preview(msgspec.Struct, frozen=True, tag="preview"):
    """A small picture of the work so far: the bytes of a JPEG, at most `PREVIEW_LIMIT`.

    People who look at the node see the newest, at most two a second. It is kept nowhere: the
    result is an `Output`. One that is too large, or no JPEG, is left out and said in the log.
    """

    image: bytes


class Log(msgspec.Struct, frozen=True, tag="log"):
    """A line about the run. No paths of the machine, no secrets.

    All lines go to the worker's log. Warnings and errors also stand on the take, as its notes.
    """

    text: str
    level: Literal["debug", "info", "warning", "error"] = "info"


class Output(msgspec.Struct, frozen=True, tag="output"):
    """A result for one output socket, as `RunContext.save` returned it."""

    socket: str
    media: Media


class Usage(msgspec.Struct, frozen=True, tag="usage"):
    """What the run took at its peak: memory of the card and of the process, in bytes.

    It stands on the take; of several the largest counts.
    """

    vram_bytes: int = 0
    ram_bytes: int = 0


class NeedsInput(msgspec.Struct, frozen=True, tag="needs_input"):
    """The run waits for a person. Worker and lease are given back; `question` is shown.

    The answer, validated against the JSON Schema `answer`, comes as `params["answer"]` of the
    request that continues, with the last checkpoint in `resume`.
    """

    question: str
    answer: JsonSchema = {}


RunEvent = Progress | Preview | Log | Output | Usage | NeedsInput
