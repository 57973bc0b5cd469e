"""HTTP answers with stored bytes: whole or in ranges, cached for ever, since they never change."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.response import Stream

from node_registry import Media


def answer_bytes(
    request: Request[Any, Any, Any], media: Media, read: Callable[[str, int, int], Any]
) -> Response[Any]:
    """An answer with these bytes, or the range of them that was asked for."""
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{media.digest}"',
        "Cache-Control": "private, max-age=31536000, immutable",
        # Bytes from outside are shown, never run: not as a page of this studio.
        "Content-Security-Policy": "sandbox; default-src 'none'; media-src 'self'; img-src 'self'",
    }
    if media.name:
        shown = media.media_type.startswith(("image/", "video/", "audio/"))
        how = "inline" if shown and media.media_type != "image/svg+xml" else "attachment"
        headers["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(media.name)}"
    if _names(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(None, status_code=304, headers=headers)
    start, end, status = 0, media.size, 200
    wanted = _range(request, headers["ETag"])
    if wanted is not None:
        start, end = _span(*wanted, media.size)
        if start >= end:
            headers["Content-Range"] = f"bytes */{media.size}"
            return Response(b"", status_code=416, headers=headers, media_type=media.media_type)
        status = 206
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{media.size}"
    headers["Content-Length"] = str(end - start)
    return Stream(
        read(media.digest, start, end),
        status_code=status,
        headers=headers,
        media_type=media.media_type,
    )


def _range(request: Request[Any, Any, Any], tag: str) -> tuple[str, str] | None:
    """The one range that was asked for; None where the whole file is the answer.

    Several ranges, other units and what cannot be read are answered with the whole, which the
    protocol allows; so is a range of bytes that the client knows under another tag.
    """
    match = re.fullmatch(r"bytes=([0-9]{0,18})-([0-9]{0,18})", request.headers.get("range", ""))
    if match is None or not any(match.groups()):
        return None
    if request.headers.get("if-range", tag) != tag:
        return None
    first, last = match.groups()
    return None if first and last and int(last) < int(first) else (first, last)


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return (max(0, size - int(last)), size) if int(last) else (size, size)
    return int(first), min(size, int(last) + 1) if last else size


def _names(header: str, tag: str) -> bool:
    tags = [part.strip().removeprefix("W/") for part in header.split(",")]
    return tag in tags or tags == ["*"]
