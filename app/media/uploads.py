"""Files that people bring: received in a stream, looked into by a probe, and only then kept."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from pathlib import Path, PurePosixPath
from uuid import UUID

from app import projects
from app.accounts import Actor
from app.platform import bus
from app.platform.blocking import run_blocking
from app.platform.database import unit_of_work
from app.platform.ids import new_key
from app.projects import Right
from node_registry import DirectorError, Media, ProbeSpec

from .events import MediaAdded
from .objects import ObjectStore
from .service import note_object

MAX_UPLOAD = 8 * 1024**3


async def receive(
    actor: Actor,
    project_id: UUID,
    stream: AsyncIterator[bytes],
    filename: str,
    *,
    store: ObjectStore,
    probes: Iterable[ProbeSpec],
    incoming: Path,
) -> Media:
    """Keep a file for a project. Raises `media.…` for what no probe accepts, and keeps nothing."""
    await projects.authorise(actor, project_id, Right.EDIT)
    incoming.mkdir(parents=True, exist_ok=True)
    path = incoming / f"upload-{new_key()}"
    try:
        await _spool(stream, path)
        facts = await run_blocking(_look_into, path, list(probes))
        media_type = str(facts.pop("media_type"))
        stored = await store.keep(path, media_type)
    finally:
        path.unlink(missing_ok=True)
    media = Media(
        digest=stored.digest,
        size=stored.size,
        media_type=media_type,
        name=harmless(filename),
        facts=facts,
    )
    async with unit_of_work(actor.user_id) as unit:
        await note_object(unit, project_id, media)
    await bus.publish(MediaAdded(project_id=project_id, digest=media.digest, user_id=actor.user_id))
    return media


async def _spool(stream: AsyncIterator[bytes], path: Path) -> None:
    size = 0
    try:
        with path.open("wb") as file:
            async for chunk in stream:
                size += len(chunk)
                if size > MAX_UPLOAD:
                    raise DirectorError(
                        "media.too_large",
                        f"The file is larger than {MAX_UPLOAD // 1024**3} GiB.",
                        status=413,
                    )
                await run_blocking(file.write, chunk)
    except OSError as error:
        raise DirectorError(
            "storage.full",
            f"The file could not be received: {error.strerror}.",
            hint="Make room on the studio's disk, then send it again.",
            status=507,
        ) from error


def _look_into(path: Path, probes: list[ProbeSpec]) -> dict[str, object]:
    refusal = DirectorError(
        "media.no_probe",
        "No plugin here can look into files.",
        hint="Install director-media; see `director plugins`.",
    )
    for spec in probes:
        try:
            return spec.probe(path)
        except DirectorError as error:
            refusal = error
    raise refusal


def harmless(filename: str) -> str:
    """The name of a file without folders and without letters that mean something to a shell."""
    name = PurePosixPath(filename.replace("\\", "/")).name
    return re.sub(r"[^\w .()-]", "_", name).strip(" .")[:120] or "file"
