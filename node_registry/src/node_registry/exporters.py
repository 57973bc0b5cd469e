"""Exporters: a cut, written as a file that an editor's program reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec


class ExporterSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A format of the cut. `write(timeline, title)` gets an OpenTimelineIO timeline as JSON text.

    It returns the file's bytes, is pure, and raises `DirectorError` (`export.…`) with the clip's
    name when the format cannot express the cut.
    """

    name: str
    title: str
    extension: str
    media_type: str
    write: Callable[[str, str], bytes]
    options: dict[str, Any] = {}
