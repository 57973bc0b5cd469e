"""What became of a job: its result, or why there is none."""

from __future__ import annotations

import re
from pathlib import Path

from node_registry.server_text import plain
from node_registry.signatures import HEAD, media_type_of

from node_registry import BackendError, OutOfMemory

from .selection import Kind
from .server import GalleryItem, Job, Server

# The first is its own spelling.
_MEMORY = re.compile(
    r"unsufficient v?ram|insufficient v?ram|out ?of ?memory|cannot allocate memory", re.IGNORECASE
)


def is_out_of_memory(job: Job) -> bool:
    """Whether a job failed since memory was short."""
    result = job.result
    return bool(result and any(_MEMORY.search(error.message) for error in result.errors))


def result_of(job: Job, kind: Kind, server: Server) -> GalleryItem:
    """The file that a job made. Raises `wan2gp.…` and `OutOfMemory` for one that failed."""
    result = job.result
    if result is None:
        raise BackendError(
            "wan2gp.failed",
            f"{server.title} ended the job, and says nothing of how.",
            hint="Look at its console, and generate again.",
        )
    if result.cancelled:
        raise BackendError(
            "wan2gp.interrupted",
            f"Somebody stopped this job on {server.title}.",
            hint="Generate again.",
        )
    if not result.success:
        told = "; ".join(dict.fromkeys(plain(e.message, 300).rstrip(".") for e in result.errors))
        sentence = f"{server.title} failed: {told or 'it gave no reason'}."
        if is_out_of_memory(job):
            raise OutOfMemory(
                sentence, hint="Choose a lower quality, a smaller picture or a shorter shot."
            )
        raise BackendError(
            "wan2gp.failed",
            sentence,
            hint="Change what the node gets, or try the same in Wan2GP to see more.",
        )
    # The last: windows of a long video are told before the whole of it.
    for item in reversed(result.gallery_items):
        if item.media_type == kind:
            return item
    made = ", ".join(dict.fromkeys(plain(item.media_type, 20) for item in result.gallery_items))
    wanted = {"image": "a picture", "video": "a video", "audio": "a sound"}[kind]
    raise BackendError(
        "wan2gp.no_result",
        f"{server.title} ended without {wanted}: it made {made or 'nothing'}.",
        hint="Choose a model that makes one.",
    )


def check_file(path: Path, kind: Kind, server: Server) -> str:
    """The media type of a result by what it begins with. Raises `wan2gp.wrong_result`."""
    with path.open("rb") as file:
        found = media_type_of(file.read(HEAD))
    if not found.startswith(kind + "/"):
        raise BackendError(
            "wan2gp.wrong_result",
            f"What {server.title} gave as its result is not what it says: no {kind} begins so.",
            hint="Look at the result in Wan2GP, then generate again.",
        )
    return found
