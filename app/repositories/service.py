"""Where a project's repository is, for people and for git; and serving its history."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import msgspec

from app import projects
from app.accounts import Actor
from app.projects import Project, Right, folders

from .bodies import spool, spooled, unpacked
from .turns import Turns

SUFFIX = ".git"
MAX_REQUEST = 64 * 1024 * 1024
"""Bytes of what a client sends to say which history it has."""

FETCHES = 8
"""Clones and fetches at once; each is a process of git."""

_fetching = Turns(FETCHES)


class Repository(msgspec.Struct, frozen=True, kw_only=True):
    """How git reaches a project. `url` is for `git clone`; its password is an API token."""

    url: str
    branch: str


async def open_repository(actor: Actor, name: str, *rights: Right) -> Project:
    """The project whose address ends in this name, if the actor has these rights in it.

    Raises as `projects.authorise`; a name that no project has is `project.not_found`.
    """
    project_id = await projects.find(actor, name.removesuffix(SUFFIX))
    return await projects.authorise(actor, project_id, *rights)


async def describe(actor: Actor, project_id: UUID, base_url: str) -> Repository:
    """How git reaches a project of this studio, which is called by `base_url`."""
    project = await projects.authorise(actor, project_id, Right.READ)
    return Repository(url=f"{base_url.rstrip('/')}/git/{project.folder}{SUFFIX}", branch="main")


async def advertise(project: Project, service: str, protocol: str) -> AsyncIterator[bytes]:
    """The first answer to a client, for those who have seen to the rights."""
    where = folders()
    async with _fetching.turn():
        purpose = "push" if service == "git-receive-pack" else "fetch"
        told = where.vcs.advertise(projects.folder_of(project), purpose, protocol=protocol)
        async for chunk in told:
            yield chunk


async def fetch(
    project: Project, body: AsyncIterator[bytes], encoding: str, protocol: str
) -> AsyncIterator[bytes]:
    """What a client lacks of the history, for those who have seen to the rights."""
    where = folders()
    async with _fetching.turn():
        with spooled() as request:
            await spool(unpacked(body, encoding, MAX_REQUEST), request)
            answer = where.vcs.fetch(projects.folder_of(project), request, protocol=protocol)
            async for chunk in answer:
                yield chunk


async def begun(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same stream, its first bytes there: what fails before them is an error of its own."""
    first = await anext(stream, b"")

    async def whole() -> AsyncIterator[bytes]:
        yield first
        async for chunk in stream:
            yield chunk

    return whole()
