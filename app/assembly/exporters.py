"""The built-in formats of the cut, by the names that `director export --to` takes."""

from __future__ import annotations

import io
import zipfile

import msgspec

from node_registry import ExporterSpec

from . import fcpxml, shot_list, xmeml
from .edl import MEDIA_TYPE, write_edl, write_edl_parts


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


def write_edl_zip(timeline: str, title: str) -> bytes:
    """A timeline as edit lists of at most 999 events, in one ZIP file."""
    from .timeline import read_timeline

    cut = read_timeline(timeline)
    if title:
        cut = msgspec.structs.replace(cut, title=title)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, part in enumerate(write_edl_parts(cut), start=1):
            # A fixed date: equal cuts are equal files.
            entry = zipfile.ZipInfo(f"film_{number:02d}.edl", (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, part.replace("\n", "\r\n").encode("ascii"))
    return packed.getvalue()


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
    ExporterSpec(
        name="fcpxml",
        title="FCPXML 1.11 (Final Cut Pro, DaVinci Resolve)",
        extension="fcpxml",
        media_type=fcpxml.MEDIA_TYPE,
        write=fcpxml.write_fcpxml_file,
    ),
    ExporterSpec(
        name="xmeml",
        title="Final Cut 7 XML (Premiere, DaVinci Resolve, Kdenlive)",
        extension="xml",
        media_type=xmeml.MEDIA_TYPE,
        write=xmeml.write_xmeml_file,
    ),
    ExporterSpec(
        name="edl-999",
        title="CMX 3600 in lists of at most 999 events",
        extension="zip",
        media_type="application/zip",
        write=write_edl_zip,
    ),
    ExporterSpec(
        name="shots",
        title="Shot list (CSV)",
        extension="csv",
        media_type="text/csv",
        write=shot_list.write_shot_list_file,
    ),
)
