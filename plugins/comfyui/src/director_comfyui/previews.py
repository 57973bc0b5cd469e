"""Previews of a sampler as people are sent them: small JPEGs, at most two a second."""

from __future__ import annotations

import io
import time

from node_registry import PREVIEW_LIMIT, Preview

INTERVAL = 0.5
LARGEST_SIDE = 512
MOST_PIXELS = 1 << 26
JPEG = b"\xff\xd8\xff"


class Previews:
    """Lets the newest through, once in a while."""

    def __init__(self) -> None:
        self._next = 0.0

    def due(self) -> bool:
        """Whether people may be sent another now."""
        return time.monotonic() >= self._next

    def make(self, image: bytes) -> Preview | None:
        """The preview of what a server sent (JPEG or PNG); None for what is no picture."""
        self._next = time.monotonic() + INTERVAL
        if image.startswith(JPEG) and len(image) <= PREVIEW_LIMIT:
            return Preview(image)
        small = _shrink(image)
        return Preview(small) if small and len(small) <= PREVIEW_LIMIT else None


def _shrink(image: bytes) -> bytes | None:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(image), formats=("JPEG", "PNG")) as found:
            if found.width * found.height > MOST_PIXELS:
                return None
            small = found.convert("RGB")
            small.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
            written = io.BytesIO()
            small.save(written, "JPEG", quality=75)
            return written.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None
