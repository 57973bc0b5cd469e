"""Which kind of file some bytes begin: what a server calls its result need not be one."""

from __future__ import annotations

HEAD = 64
"""How many bytes of a file `media_type_of` looks at."""


def media_type_of(head: bytes) -> str:
    """The IANA name of the kind of picture, video or sound that begins with `head`; "" of none."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"RIFF"):
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        if head[8:12] in (b"M4A ", b"M4B "):
            return "audio/mp4"
        return "video/quicktime" if head[8:12] == b"qt  " else "video/mp4"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "video/webm" if b"webm" in head else "video/x-matroska"
    if head.startswith(b"fLaC"):
        return "audio/flac"
    if head.startswith(b"OggS"):
        return "audio/ogg"
    if head.startswith(b"ID3") or (head[:1] == b"\xff" and head[1:2] in b"\xfb\xf3\xf2"):
        return "audio/mpeg"
    return ""
