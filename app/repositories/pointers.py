"""Git LFS pointers: what the history holds in place of a media file."""

from __future__ import annotations

import re

from app.media import StoredBytes

_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:([0-9a-f]{64})\nsize (\d{1,18})\n"
)


def read_pointer(content: bytes) -> StoredBytes | None:
    """Digest and size that a pointer names; None for what is none."""
    match = _POINTER.fullmatch(content)
    return StoredBytes(match[1].decode(), int(match[2])) if match else None
