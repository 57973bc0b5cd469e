"""The name of a file while it is being written: beside its own, and known as unfinished."""

from __future__ import annotations

import os
from pathlib import Path


def unfinished(path: Path) -> Path:
    """Where this process writes what becomes `path` once it is whole."""
    return path.with_name(f".{path.name}.{os.getpid()}.part")
