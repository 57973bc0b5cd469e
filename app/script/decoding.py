"""From bytes to text: encodings, line ends, and files that are no text at all."""

from __future__ import annotations

import codecs
import re

from node_registry import DirectorError

MAX_BYTES = 10 * 1024 * 1024

_LINE_END = re.compile("\r\n|[\n\r\u2028\u2029]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a sound, video or WebP file"),
    (b"OggS", "an Ogg file"),
    (b"ID3", "an MP3 sound"),
    (b"\xff\xfb", "an MP3 sound"),
    (b"fLaC", "a FLAC sound"),
    (b"\x1aE\xdf\xa3", "a WebM or Matroska video"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a Windows program"),
    (b"\xd0\xcf\x11\xe0", "an old Word file (.doc)"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "a Rich Text file (.rtf)"),
)
_EXPORT = (
    "Export the script as Fountain (.fountain), Final Draft (.fdx) or plain text and try again."
)


def check_size(data: bytes) -> None:
    """Refuse what no script is as large as, before any work is done on it."""
    if len(data) > MAX_BYTES:
        raise DirectorError(
            "script.too_large",
            f"The script has {len(data) / 1048576:.1f} MB; the limit is "
            f"{MAX_BYTES // 1048576} MB. A script of 120 pages has about 0.2 MB.",
            hint="Check that this is the script, or cut it into parts.",
            status=413,
            fields={"bytes": len(data), "limit": MAX_BYTES},
        )


def decode(data: bytes) -> str:
    """The text of a file, by its byte-order mark, as UTF-8, or else as Windows-1252."""
    check_size(data)
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise DirectorError(
            "script.empty", "The script has no text.", hint="Write at least one sentence."
        )
    kind = _binary_kind(data)
    if kind:
        raise DirectorError("script.binary", f"This is not a script but {kind}.", hint=_EXPORT)
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _decode_as(data, name)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
        # Five bytes have no meaning in Windows-1252: many of them mean that this is no text.
        if text.count("\ufffd") * 100 > len(text):
            raise DirectorError(
                "script.binary",
                "This is not a script: its bytes are no text in UTF-8, UTF-16 or Windows-1252.",
                hint=_EXPORT,
            ) from None
    if not text.strip("\ufeff \t\r\n\f\v\u00a0\u2028\u2029"):
        raise DirectorError(
            "script.empty", "The script has no text.", hint="Write at least one sentence."
        )
    return text


def split_lines(text: str) -> list[str]:
    """The lines of a text, without their ends, whatever system wrote it."""
    return _LINE_END.split(text)


def _decode_as(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise DirectorError(
            "script.binary",
            f"The script begins like {name.upper()} text but breaks at byte {error.start}.",
            hint="Save it again as UTF-8 text.",
        ) from None


def _binary_kind(data: bytes) -> str:
    head = data[:4096]
    if head.startswith(b"PK\x03\x04"):
        if b"word/" in head or b"[Content_Types]" in head:
            return "a Word file (.docx)"
        return "a ZIP archive"
    if head[4:8] == b"ftyp":
        return "a video (MP4 or MOV)"
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if any(head.startswith(mark) for mark, _ in _BOMS[1:]):
        return ""
    # A script may carry a stray NUL from an old editor, but never many, nor control bytes.
    controls = sum(1 for byte in head if byte < 9 or 13 < byte < 27)
    if controls * 50 > len(head) or data.count(b"\x00") * 100 > len(data):
        if head.count(b"\x00") * 3 > len(head):
            return "a binary file, or UTF-16 text without a byte-order mark"
        return "a binary file"
    return ""
