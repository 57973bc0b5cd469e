"""References to bytes in the storage, as they travel along edges and into takes."""

from __future__ import annotations

from typing import Any

import msgspec

Facts = dict[str, Any]
"""What is known of some bytes, as a JSON object. `Media` names the facts that the studio reads; a
plugin may add its own."""


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """Immutable bytes, named by their SHA-256.

    `digest` is 64 lower-case hex digits, `size` in bytes, `media_type` an IANA name
    (`video/mp4`). `facts` is what the probe found: for video `width`, `height` (pixels), `rate`
    (`"24"` or `"24000/1001"`), `frames`; for audio `duration` (seconds), `sample_rate` (Hz);
    `house` is true for video in the studio's house format.
    """

    digest: str
    size: int
    media_type: str
    name: str = ""
    facts: Facts = {}
