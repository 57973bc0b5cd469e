"""Whether PyAV loads and can write H.264 and AAC, told as JSON by a process of its own.

The API asks too, and is not to carry PyAV in its memory for that.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import msgspec

from node_registry import Health

NEEDED = ("libx264", "aac")
REINSTALL = "Install the studio again: uv sync, or uv tool install --reinstall movie-director."


def examine() -> Health:
    """Load the library, and look for each encoder."""
    try:
        av: Any = importlib.import_module("av")
        codec: Any = importlib.import_module("av.codec")
    except ImportError as error:
        return Health("failed", f"PyAV does not load: {error}.", REINSTALL)
    missing = []
    for name in NEEDED:
        try:
            codec.Codec(name, "w")
        except Exception:  # noqa: BLE001 - its errors have changed their names between versions
            missing.append(name)
    if missing:
        return Health(
            "failed",
            f"PyAV {av.__version__} cannot write {' and '.join(missing)}.",
            "Use PyAV's own wheel, which brings them: uv pip install --reinstall av.",
        )
    return Health("ok", f"PyAV {av.__version__} writes H.264 and AAC.")


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(examine()))
