"""What is kept beside the bytes, and which part of them is asked for: checks both storages make."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from node_registry import DirectorError

MOST = 2000
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)


def check_metadata(metadata: Mapping[str, str] | None) -> dict[str, str]:
    """Metadata that every storage can keep: names of small letters, 2 KB in all."""
    kept = dict(metadata or {})
    size = sum(len(name) + len(quote(value)) for name, value in kept.items())
    if size > MOST or not all(_NAME.fullmatch(name) for name in kept):
        raise DirectorError(
            "storage.bad_metadata",
            "The metadata of an object cannot be kept.",
            hint="Names are small letters, digits and '-'; names and values, written as in a URL, "
            f"have at most {MOST} bytes.",
        )
    return kept


def check_range(start: int, end: int | None) -> None:
    """A range of bytes begins at 0 or later and does not end before it begins."""
    if start < 0 or (end is not None and end < start):
        raise DirectorError(
            "storage.bad_range",
            f"Bytes {start} to {end} are no part of an object.",
            hint="The first byte is 0, and the end is not before the start.",
        )
