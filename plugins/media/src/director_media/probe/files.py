"""The probe: what a file from outside really is, found out in a process of its own.

Decoders are large and files may be hostile, so nothing that people bring is opened in the studio
itself: a child with limits on memory, time and files reads the headers and the first picture, and
answers in one line of JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from node_registry import DirectorError

SECONDS = 20
"""Processor time that a file may take: on a busy machine a good file takes long, and not more."""

PATIENCE = 15 * 60.0
"""Seconds after which a probe that was given no processor time is ended."""

MEMORY = 2 << 30
"""Bytes of address space that the child may take."""

MEDIA_TYPES = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "aac": "audio/aac",
    "m4a": "audio/mp4",
    "exr": "image/x-exr",
    "hdr": "image/vnd.radiance",
    "cube": "application/x-cube-lut",
    "safetensors": "application/x-safetensors",
}
_ACCEPTED = (
    "PNG, JPEG, WebP, MP4, MOV, WebM, WAV, MP3 or AAC (or EXR, HDR, .cube and .safetensors as data)"
)


def probe(
    path: Path, *, seconds: int = SECONDS, memory: int = MEMORY, patience: float = PATIENCE
) -> dict[str, Any]:
    """The facts of a file, as in `Media.facts`, with its true `media_type`. Blocks.

    Raises `media.not_accepted` for another format, `media.unreadable` for a damaged file,
    `media.too_slow` for one that takes too much processor time (`seconds`) or memory (bytes), and
    `server.overloaded` (503) when the machine did not come to it: that is no fault of the file.
    """
    if not path.is_file():
        raise DirectorError("media.no_file", "There is no such file.", status=404)
    if path.stat().st_size == 0:
        raise DirectorError("media.unreadable", "The file is empty.", hint="Export it again.")
    command = [sys.executable, "-m", "director_media.probe.process", str(path.resolve())]
    environment = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    environment["PYTHONPATH"] = os.pathsep.join(entry for entry in sys.path if entry)
    environment["DIRECTOR_PROBE_MEMORY"] = str(memory)
    environment["DIRECTOR_PROBE_SECONDS"] = str(seconds)
    try:
        ended = subprocess.run(
            command, env=environment, capture_output=True, timeout=patience, check=False,
            stdin=subprocess.DEVNULL, cwd="/",
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise DirectorError(
            "server.overloaded",
            "The studio's machine is too busy to look into the file.",
            hint="Bring it again later.",
            status=503,
        ) from error
    return _read_answer(ended)


def _read_answer(ended: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    try:
        answer = json.loads(ended.stdout.decode().strip().splitlines()[-1])
    except (UnicodeDecodeError, json.JSONDecodeError, IndexError) as error:
        # Killed by a limit, or a decoder that crashed: both are the file's doing.
        if ended.returncode == 0:
            raise _unreadable("The file cannot be read.") from error
        raise _too_much() from error
    if "error" not in answer:
        return answer
    if answer["error"] == "format":
        raise DirectorError(
            "media.not_accepted",
            f"The file is {answer['what']}, which the studio does not take.",
            hint=f"Export it as {_ACCEPTED}.",
            status=415,
        )
    if answer["error"] == "memory":
        raise _too_much()
    raise _unreadable(str(answer["what"]))


def _unreadable(what: str) -> DirectorError:
    return DirectorError("media.unreadable", what, hint=f"Export it again as {_ACCEPTED}.")


def _too_much() -> DirectorError:
    return DirectorError(
        "media.too_slow",
        "The file takes too long or too much memory to be read; it may be damaged or hostile.",
        hint=f"Export it again as {_ACCEPTED}.",
    )
