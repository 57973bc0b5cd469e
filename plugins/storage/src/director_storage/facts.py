"""What is kept beside the bytes, and which part of them is asked for: checks both storages make."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from pathlib import Path
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


def disposition(filename: str) -> str:
    """The header that gives a download its name, whatever letters the name has."""
    plain = re.sub(r"[^A-Za-z0-9 ._()-]", "_", filename)[:200]
    whole = quote("".join(letter for letter in filename if letter >= " ")[:200], safe="")
    # What a browser plays is shown in place; anything else, a page above all, is only saved.
    kind = (mimetypes.guess_type(filename)[0] or "").partition("/")
    shown = kind[0] in ("video", "audio") or kind[2] in ("png", "jpeg", "webp", "gif")
    return f"{'inline' if shown else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{whole}"


def no_source(source: Path) -> DirectorError:
    """The error for a file that should be stored and is not there."""
    return DirectorError(
        "storage.no_source",
        f"The file {source.name!r} that was to be stored is not there.",
        hint="It was removed, or moved, before the storage took it.",
    )


def check_range(start: int, end: int | None) -> None:
    """A range of bytes begins at 0 or later and does not end before it begins."""
    if start < 0 or (end is not None and end < start):
        raise DirectorError(
            "storage.bad_range",
            f"Bytes {start} to {end} are no part of an object.",
            hint="The first byte is 0, and the end is not before the start.",
        )
