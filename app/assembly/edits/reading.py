"""Finds out what kind of cut a file is, and has it read. Nothing that it names is ever opened."""

from __future__ import annotations

import io
import zipfile
import zlib
from fractions import Fraction

from node_registry import DirectorError

from .edl_file import read_edl
from .fcpxml_file import read_fcpxml
from .mlt_file import read_mlt
from .model import EditedCut
from .otio_file import read_otio
from .track import bad_edit
from .xmeml_file import read_xmeml
from .xml_file import read_xml

MAX_BYTES = 32 * 1024 * 1024


def read_edit(data: bytes, rate: Fraction) -> EditedCut:
    """A cut from the bytes of an OTIO, EDL, FCPXML, xmeml or MLT file, told apart by their content.

    Raises `edit.too_large` and `edit.unreadable`.
    """
    if len(data) > MAX_BYTES:
        raise too_large()
    if data.startswith(b"PK\x03\x04"):
        data = _timeline_in(data)
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"{"):
        return read_otio(data.lstrip(b"\xef\xbb\xbf"), rate)
    if head.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\x00<")):
        root = read_xml(data)
        if root.tag == "fcpxml":
            return read_fcpxml(root, rate)
        if root.tag == "xmeml":
            return read_xmeml(root, rate)
        if root.tag == "mlt":
            return read_mlt(root, rate)
        raise bad_edit(f"its outermost element is <{root.tag[:40]}>")
    if b"\0" in head:
        raise bad_edit("it is no text")
    return read_edl(data.decode("utf-8", "replace").lstrip("\ufeff"), rate)


def too_large() -> DirectorError:
    """The error for a file that no cut needs to be as large as."""
    return DirectorError(
        "edit.too_large",
        f"A cut has at most {MAX_BYTES // 1024 // 1024} MB.",
        hint="Export the timeline alone, without its media.",
        status=413,
    )


def _timeline_in(data: bytes) -> bytes:
    """The timeline of an `.otioz` file. Its media stay where they are."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("content.otio") as file:
            found = file.read(MAX_BYTES + 1)
    except (
        zipfile.BadZipFile,
        KeyError,
        RuntimeError,
        NotImplementedError,
        OSError,
        EOFError,
        zlib.error,
    ):
        raise bad_edit("it is an archive without a timeline of OpenTimelineIO") from None
    if len(found) > MAX_BYTES:
        raise too_large()
    return found
