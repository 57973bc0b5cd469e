"""Formats of the cut that hold its media: the storyboard with pictures, and `.otioz`.

They need the stored bytes, which an exporter of a plugin does not get: it writes from the timeline
alone.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from functools import partial
from uuid import UUID

import msgspec

from app.accounts import Actor
from app.graph import Graph
from app.media import DerivativeFiles, ObjectStore, project_sees
from app.platform.blocking import run_blocking
from app.platform.database import unit_of_work
from app.platform.zip_stream import Member, zip_stream
from node_registry import DirectorError, RenderSettings

from . import storyboard
from .cut import Cut
from .timeline import build_timeline

OTIOZ = "otioz"
STORYBOARD = "storyboard"
# OpenTimelineIO's own number for the layout of its archives.
_OTIOZ_VERSION = b"1.0.0"
_NOT_IN_NAMES = re.compile(r"[^\w .()-]")
# All pictures together are waited for so long, where some are not made yet.
_PATIENCE = 15.0


class MediaExport(msgspec.Struct, frozen=True):
    """A format by its name, as the list of exporters tells it."""

    name: str
    title: str
    extension: str
    media_type: str


EXPORTS = {
    one.name: one
    for one in (
        MediaExport(STORYBOARD, "Storyboard (PDF)", "pdf", storyboard.MEDIA_TYPE),
        MediaExport(OTIOZ, "OpenTimelineIO with its media", "otioz", "application/zip"),
    )
}


async def write_storyboard(
    files: DerivativeFiles,
    actor: Actor,
    project_id: UUID,
    graph: Graph,
    cut: Cut,
    settings: RenderSettings,
) -> bytes:
    """The cut as a PDF of pictures with words. Pictures that are not made in time are left out."""
    digests = dict.fromkeys(clip.media for clip in cut.clips if clip.media)
    pictures: dict[str, bytes] = {}
    deadline = asyncio.get_running_loop().time() + _PATIENCE
    for digest in digests:
        left = max(0.0, deadline - asyncio.get_running_loop().time())
        found = await _thumbnail(files, actor, project_id, digest, left)
        if found is not None:
            pictures[digest] = found
    panels = storyboard.panels_of(graph, cut, pictures)
    seconds = int(cut.frames / cut.fraction)
    facts = f"{len(panels)} shots   ·   {seconds // 60}:{seconds % 60:02d}   ·   {cut.rate} fps"
    aspect = settings.width / settings.height
    return await run_blocking(storyboard.write_pdf, cut.title, facts, panels, aspect)


async def _thumbnail(
    files: DerivativeFiles, actor: Actor, project_id: UUID, digest: str, wait: float
) -> bytes | None:
    try:
        found = await files.open(actor, project_id, digest, "thumbnail", "medium.webp", wait=wait)
    except DirectorError:
        # A file that cannot be shown has an empty panel; the storyboard is printed all the same.
        return None
    if isinstance(found, tuple):
        return await run_blocking(found[1].read_bytes)
    return None


async def write_otioz(
    store: ObjectStore, actor: Actor, project_id: UUID, cut: Cut
) -> AsyncIterator[bytes]:
    """The cut as an archive of OpenTimelineIO: the timeline and the files that it names, sent as
    they are read. Raises `media.not_found` for a file that the project does not have."""
    files = _files_of(cut)
    digests = list(dict.fromkeys(files.values()))
    async with unit_of_work(actor.user_id):
        missing = set(digests) - await project_sees(project_id, digests)
    if missing:
        raise DirectorError("media.not_found", "This project has no such file.", status=404)
    sizes = {digest: await store.size_of(digest) for digest in digests}
    timeline = await run_blocking(_timeline, cut)
    return zip_stream(_members(store, files, sizes, timeline))


def _timeline(cut: Cut) -> bytes:
    import opentimelineio as otio

    timeline = build_timeline(cut)
    for clip in timeline.find_clips():
        reference = clip.media_reference
        if isinstance(reference, otio.schema.ExternalReference):
            reference.target_url = f"media/{_file_name(reference.target_url)}"
    return timeline.to_json_string(indent=2).encode()


def _files_of(cut: Cut) -> dict[str, str]:
    """The digests of the files of a cut, by the names that they have in the archive."""
    return {
        _file_name(f"{one.name}.{one.extension}"): one.media
        for one in (*cut.clips, *cut.sounds)
        if one.media
    }


def _file_name(name: str) -> str:
    """A name that is one file in any archive."""
    return _NOT_IN_NAMES.sub("_", name).lstrip(".")


def _members(
    store: ObjectStore, files: dict[str, str], sizes: dict[str, int], timeline: bytes
) -> Iterator[Member]:
    yield Member("content.otio", len(timeline), partial(_bytes, timeline))
    yield Member("version.txt", len(_OTIOZ_VERSION), partial(_bytes, _OTIOZ_VERSION))
    for name, digest in files.items():
        size = sizes[digest]
        yield Member(f"media/{name}", size, partial(store.read, digest, 0, size))


async def _bytes(data: bytes) -> AsyncIterator[bytes]:
    yield data
