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
    }
    if media.name:
        headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(media.name)}"
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(None, status_code=304, headers=headers)
    start, end, status = 0, media.size, 200
    wanted = request.headers.get("range")
    if wanted:
        found = _range(wanted, media.size)
        if found is None:
            headers["Content-Range"] = f"bytes */{media.size}"
            return Response(None, status_code=416, headers=headers)
        start, end = found
        status = 206
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{media.size}"
    headers["Content-Length"] = str(end - start)
    return Stream(
        read(media.digest, start, end),
        status_code=status,
        headers=headers,
        media_type=media.media_type,
    )


def _range(header: str, size: int) -> tuple[int, int] | None:
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", header.strip())
    if match is None or match.group(0) == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        return (max(0, size - int(last)), size) if int(last) else None
    start = int(first)
    end = min(size, int(last) + 1) if last else size
    return (start, end) if start < end else None
