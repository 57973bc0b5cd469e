"""The child that makes one derivative: `python -m … kind source media_type folder`, and of a
segment which, as JSON.

It prints one line of JSON: the files that it made, or why it could make none.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from ..probe.refusal import Refused
from ..sandbox import lock

MAKERS = {
    "thumbnail": "thumbnail",
    "filmstrip": "filmstrip",
    "proxy": "proxy",
    "waveform": "waveform",
    "segment": "segment",
}
HINT = "Export it again, or bring another file in its place."


def main() -> None:
    """Make what the arguments say; the exit status is 0 whenever there is an answer."""
    _limit()
    kind, source, media_type, folder, *wanted = sys.argv[1:]
    lock(read=[Path(source)], write=[Path(folder)])
    try:
        maker = importlib.import_module(f".{MAKERS[kind]}", __package__)
        answer: dict[str, Any] = {
            "files": maker.make(Path(source), media_type, Path(folder), *wanted)
        }
    except Refused as refusal:
        answer = {"error": f"media.{refusal.kind}", "what": refusal.what, "hint": HINT}
    except MemoryError:
        answer = {"error": "media.too_slow", "what": "The file needs too much memory to be shown."}
    sys.stdout.write(json.dumps(answer) + "\n")


def _limit() -> None:
    if sys.platform == "win32":
        return
    import resource

    for limit, variable in (
        (resource.RLIMIT_AS, "DIRECTOR_CHILD_MEMORY"),
        (resource.RLIMIT_CPU, "DIRECTOR_CHILD_SECONDS"),
        (resource.RLIMIT_FSIZE, "DIRECTOR_CHILD_LARGEST"),
    ):
        most = int(os.environ[variable])
        resource.setrlimit(limit, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
