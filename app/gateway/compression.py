"""Compresses answers; large ones in a thread, since one takes as long as hundreds of requests."""

from __future__ import annotations

import gzip
from typing import Any

from litestar.datastructures import MutableScopeHeaders
from litestar.middleware.compression.middleware import CompressionMiddleware
from litestar.types import HTTPResponseStartEvent, Message, Scope, Send

from app.platform.blocking import run_blocking

LARGE = 64 * 1024
"""Bytes of an answer that are compressed in a thread; zlib lets the event loop run meanwhile."""


class OffloadedCompression(CompressionMiddleware):
    """Litestar's, but for an answer that is large and comes in one piece."""

    def create_compression_send_wrapper(
        self, send: Send, compression_encoding: Any, scope: Scope
    ) -> Send:
        """The `send` that compresses what goes through it."""
        ordinary = super().create_compression_send_wrapper(send, compression_encoding, scope)
        start: HTTPResponseStartEvent | None = None

        async def wrapped(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                await ordinary(message)
                return
            if (
                start is not None
                and message["type"] == "http.response.body"
                and not message.get("more_body")
                and len(message["body"]) >= LARGE
            ):
                level = self.config.gzip_compress_level
                body = await run_blocking(gzip.compress, message["body"], level)
                headers = MutableScopeHeaders(start)  # type: ignore[arg-type]
                headers["Content-Encoding"] = compression_encoding
                headers["Content-Length"] = str(len(body))
                headers.extend_header_value("vary", "Accept-Encoding")
                message["body"] = body
                await send(start)
                await send(message)
                return
            # From here on it comes in parts, each of them compressed by itself.
            start = None
            await ordinary(message)

        return wrapped
