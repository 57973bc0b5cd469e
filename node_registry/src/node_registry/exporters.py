"""Exporters: a cut, written as a file that an editor's program reads."""

from __future__ import annotations

from collections.abc import Callable

import msgspec


class ExporterSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A format of the cut. `write(timeline, title)` gets an OpenTimelineIO timeline as JSON text.

    It returns the file's bytes, is pure, and raises `DirectorError` (`export.…`) with the clip's
    name when the format cannot express the cut. `extension` is written without its dot.

    The timeline has one track of pictures. The studio's own facts of each clip stand in its
    metadata under `movie_director`: `shot` (the node's id), `scene`, `code`, `name`, `frames` (of
    the take), `start` and `end` (the frames of it that the film uses), `take` (an id, or null
    where the shot has none yet), `media` (the SHA-256 of its bytes, or null), `extension`,
    `sound` and `heading`. `node_registry.testing.sample_timeline` writes such a timeline.

        ExporterSpec(name="names", title="Names of the clips", extension="txt",
                     media_type="text/plain", write=write_names)
    """

    name: str
    title: str
    extension: str
    media_type: str
    write: Callable[[str, str], bytes]
