"""Makes derivatives in a process of their own: under limits, and at a low priority.

The file may be hostile and the work long, so the child has limits on memory, time and the size of
what it writes; it is `nice`, so that whatever else a machine does comes first.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import msgspec

from node_registry import DerivativeKind, DerivedFile, DirectorError, Media, Segment

MEMORY = 3 << 30
"""Bytes of address space that the child may take."""

LARGEST = 8 << 30
"""Bytes of one file that it may write."""

LEAST_PRIORITY, OF_PLAYERS = 19, 5
"""Niceness of the child. A player that waits for its next segment stops, so those go before."""

LEAST_SECONDS = 120.0
PER_SECOND = 20.0
"""Seconds that it may take for each second of the media, beyond the least."""


async def make(kind: DerivativeKind, source: Path, media: Media, folder: Path) -> list[DerivedFile]:
    """Make one derivative; see `DerivativeSpec.make`.

    Raises `media.unplayable` for what cannot be decoded, `media.no_sound` for a waveform of what
    has none, `media.too_slow` when the limits end it.
    """
    seconds = LEAST_SECONDS if kind == "thumbnail" else _seconds(media)
    return await _make(kind, source, media, folder, seconds)


async def make_segment(source: Path, media: Media, segment: Segment, folder: Path) -> DerivedFile:
    """Make a segment of a stream; see `SegmentSpec.make`. Raises as `make` does."""
    said = msgspec.json.encode(segment).decode()
    (made,) = await _make("segment", source, media, folder, _seconds(media), said)
    return made


def _seconds(media: Media) -> float:
    duration = media.facts.get("duration")
    if isinstance(duration, (int, float)) and 0 < duration < 1e6:
        return LEAST_SECONDS + duration * PER_SECOND
    return LEAST_SECONDS


async def _make(
    kind: str, source: Path, media: Media, folder: Path, seconds: float, *wanted: str
) -> list[DerivedFile]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "director_media.derivatives.process",
        kind, str(source.resolve()), media.media_type, str(folder.resolve()), *wanted,
        env=_environment(seconds), cwd="/",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,  # A fault of ours is told in the worker's log.
    )  # fmt: skip
    # From its first instruction: what it imports costs more than many a picture.
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, child.pid, OF_PLAYERS if wanted else LEAST_PRIORITY)
    try:
        async with asyncio.timeout(seconds):
            printed, _ = await child.communicate()
    except TimeoutError:
        raise _too_much() from None
    finally:
        if child.returncode is None:
            child.kill()
            await asyncio.shield(child.wait())
    if child.returncode == 1:
        raise DirectorError(
            "media.not_made",
            "The studio failed on this file; the worker's log says why.",
            hint="Report it with the time at which it happened.",
            status=500,
        )
    return _read_answer(printed, folder)


def _environment(seconds: float) -> dict[str, str]:
    environment = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    environment["PYTHONPATH"] = os.pathsep.join(entry for entry in sys.path if entry)
    environment["DIRECTOR_CHILD_MEMORY"] = str(MEMORY)
    environment["DIRECTOR_CHILD_LARGEST"] = str(LARGEST)
    # Of the processor it may take more: it has several threads.
    environment["DIRECTOR_CHILD_SECONDS"] = str(int(seconds * 4))
    return environment


def _read_answer(printed: bytes, folder: Path) -> list[DerivedFile]:
    try:
        answer: Any = json.loads(printed.decode().strip().splitlines()[-1])
    except (UnicodeDecodeError, json.JSONDecodeError, IndexError):
        # Killed by a limit, or a decoder that crashed: both are the file's doing.
        raise _too_much() from None
    if "error" in answer:
        raise DirectorError(answer["error"], answer["what"], hint=answer.get("hint", ""))
    return [
        DerivedFile(
            name=made["name"],
            path=folder / made["name"],
            media_type=made["media_type"],
            facts=made["facts"],
        )
        for made in answer["files"]
    ]


def _too_much() -> DirectorError:
    return DirectorError(
        "media.too_slow",
        "The file takes too long or too much memory to be shown; it may be damaged or hostile.",
        hint="Export it again, smaller or in another format.",
    )
