"""The built-in formats of the cut: CMX 3600 and OpenTimelineIO."""

from __future__ import annotations

import msgspec

from node_registry import ExporterSpec

from .edl import MEDIA_TYPE, write_edl


def write_edl_file(timeline: str, title: str) -> bytes:
    """A timeline as a CMX 3600 edit list; editors' programs of its age want CR and LF."""
    from .timeline import read_timeline

    cut = read_timeline(timeline)
    if title:
        cut = msgspec.structs.replace(cut, title=title)
    return write_edl(cut).replace("\n", "\r\n").encode("ascii")


def write_otio_file(timeline: str, title: str) -> bytes:
    """A timeline as an OpenTimelineIO file, indented so that a difference can be read."""
    import opentimelineio as otio

    from .timeline import read_timeline

    read_timeline(timeline)
    parsed = otio.adapters.read_from_string(timeline, "otio_json")
    assert isinstance(parsed, otio.schema.Timeline)
    if title:
        parsed.name = title
    return parsed.to_json_string(indent=2).encode()


EXPORTERS = (
    ExporterSpec(
        name="edl",
        title="CMX 3600 edit decision list",
        extension="edl",
        media_type=MEDIA_TYPE,
        write=write_edl_file,
    ),
    ExporterSpec(
        name="otio",
        title="OpenTimelineIO",
        extension="otio",
        media_type="application/vnd.opentimelineio+json",
        write=write_otio_file,
    ),
)
