"""Git LFS over the objects of the studio: what of a project a client may have, and may bring.

A digest that the project does not have is unknown here, whoever else has it: there is nothing to
learn of other projects, and bytes that somebody claims to have are demanded all the same.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

import msgspec

from app.accounts import Actor
from app.media import ObjectStore, Uploads, objects_of
from app.platform.database import unit_of_work
from app.projects import Project, Right
from node_registry import DirectorError, Media

MAX_OBJECTS = 1000
LINK_LASTS = timedelta(hours=1)

Digest = str


class LfsObject(msgspec.Struct, frozen=True):
    """An object that a client names: its SHA-256, and its size in bytes."""

    oid: str
    size: int


class Batch(msgspec.Struct, frozen=True):
    """What a client asks for: to `download` or to `upload` these objects."""

    operation: str
    objects: tuple[LfsObject, ...]
    transfers: tuple[str, ...] = ("basic",)
    hash_algo: str = "sha256"


class Caller(msgspec.Struct, frozen=True):
    """Where a client calls the LFS server, and the header by which it says who it is."""

    address: str
    authorization: str


def right_of(batch: Batch) -> Right:
    """The right that a batch needs. Raises `lfs.bad_request` for one that cannot be served."""
    if batch.operation not in ("download", "upload"):
        raise _bad_request(f"{batch.operation[:20]!r} is no operation of LFS.")
    if batch.hash_algo != "sha256" or "basic" not in (batch.transfers or ("basic",)):
        raise _bad_request("Objects are named by their SHA-256, and sent by basic transfers.")
    if len(batch.objects) > MAX_OBJECTS:
        raise _bad_request(f"A batch names at most {MAX_OBJECTS} objects.")
    return Right.READ if batch.operation == "download" else Right.EDIT


async def answer_batch(
    actor: Actor, project: Project, batch: Batch, store: ObjectStore, caller: Caller
) -> dict[str, Any]:
    """Where each object can be had or brought, for those who have seen to the rights."""
    async with unit_of_work(actor.user_id):
        known = await objects_of(project.id, [one.oid for one in batch.objects])
    answers = []
    for one in batch.objects:
        answer: dict[str, Any] = {"oid": one.oid, "size": one.size, "authenticated": True}
        media = known.get(one.oid)
        if batch.operation == "download":
            if media is None:
                answer["error"] = {"code": 404, "message": "This project has no such object."}
            else:
                answer["size"] = media.size
                answer["actions"] = {"download": await _download(media, store, caller)}
        elif one.size < 0 or not _is_oid(one.oid):
            answer["error"] = {"code": 422, "message": "An object has a SHA-256 and a size."}
        elif media is None:
            answer["actions"] = {"upload": _own(one.oid, caller)}
        elif media.size != one.size:
            answer["error"] = {"code": 422, "message": "This object has another size."}
        answers.append(answer)
    return {"transfer": "basic", "objects": answers, "hash_algo": "sha256"}


async def find_object(actor: Actor, project: Project, oid: Digest) -> Media:
    """An object of the project. Raises `lfs.not_found`."""
    async with unit_of_work(actor.user_id):
        media = (await objects_of(project.id, [oid])).get(oid)
    if media is None:
        raise DirectorError("lfs.not_found", "This project has no such object.", status=404)
    return media


async def take_object(
    actor: Actor,
    project: Project,
    oid: Digest,
    uploads: Uploads,
    body: AsyncIterator[bytes],
    size: int | None,
) -> None:
    """Take in the bytes of an object. Raises `media.wrong_digest` when they are others."""
    if not _is_oid(oid):
        raise _bad_request("An object is named by its SHA-256.")
    await uploads.bring_object(actor, project.id, oid, body, size)


async def _download(media: Media, store: ObjectStore, caller: Caller) -> dict[str, Any]:
    link = await store.link(media.digest, expires=LINK_LASTS, filename=media.name or None)
    if link is None:
        return _own(media.digest, caller)
    seconds = int(LINK_LASTS.total_seconds())
    return {"href": urljoin(caller.address, link), "expires_in": seconds}


def _own(oid: Digest, caller: Caller) -> dict[str, Any]:
    # The client's own header again: it need not ask for a password a second time.
    return {
        "href": f"{caller.address}/objects/{oid}",
        "header": {"Authorization": caller.authorization},
    }


def _is_oid(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def _bad_request(message: str) -> DirectorError:
    return DirectorError("lfs.bad_request", message, hint="Use git-lfs 2.0 or newer.")
