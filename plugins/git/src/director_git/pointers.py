"""Git LFS pointers: what git holds in place of a media file."""

from __future__ import annotations

import re

from node_registry import DirectorError, MediaFile


def pointer(media: MediaFile) -> bytes:
    """The pointer of a media file, byte for byte as git-lfs writes it."""
    if not re.fullmatch(r"[0-9a-f]{64}", media.digest, re.ASCII) or media.size < 0:
        raise DirectorError(
            "vcs.bad_media",
            f"{media.path[:80]!r} has no SHA-256 of 64 small hex digits, or a negative size.",
            hint="Commit the digest and the size that the storage gave.",
        )
    if media.size == 0:
        # The specification makes an empty file its own pointer.
        return b""
    return (
        "version https://git-lfs.github.com/spec/v1\n"
        f"oid sha256:{media.digest}\n"
        f"size {media.size}\n"
    ).encode()
