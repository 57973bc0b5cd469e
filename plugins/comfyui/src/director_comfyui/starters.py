"""Starter workflows: for each quality one for pictures, shots, upscaling and style, as data.

They are templates like those that people bring. An operator's folder adds to them, and a file in
it replaces the one of its name.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

OURS = Path(__file__).with_name("starters")


@lru_cache(maxsize=4)
def starters(own: str) -> tuple[dict[str, Any], ...]:
    """The templates, by the names of their files; `own` is an operator's folder, or empty.

    What cannot be read is left out: it may be anything, and the others are wanted.
    """
    files = {path.name: path for path in _files(OURS)}
    if own:
        files |= {path.name: path for path in _files(Path(own))}
    found: list[dict[str, Any]] = []
    for _, path in sorted(files.items()):
        try:
            found.append(msgspec.json.decode(path.read_bytes(), type=dict[str, Any]))
        except (OSError, msgspec.DecodeError, RecursionError):
            continue
    return tuple(found)


def _files(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.glob("*.json") if path.is_file()]
    except OSError:
        return []
