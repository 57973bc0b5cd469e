"""How a script begins: join a project, and make ids for what it adds."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import AsyncGenerator
from uuid import UUID

from .project import Project
from .studio import Studio, checked_url


@contextlib.asynccontextmanager
async def connect(
    url: str, *, token: str, project: str, graph: str | None = None
) -> AsyncGenerator[Project, None]:
    """Join a project, by its id or a title that only one of yours has; leave it at the end.

    `token` comes from `log_in` or `find_local_studio`. `graph` names another graph of the project
    than its main one. A lost connection is made again by itself; what cannot be mended is raised
    from whatever is awaited then: an ended session, a right that was taken away.
    """
    studio = Studio(checked_url(url), token)
    found = await studio.find_project(project)
    async with Project(studio, found.id, graph) as joined:
        yield joined


def new_id() -> str:
    """A new id for a node or an edge: a UUID of version 7, so that ids sort by their making."""
    millis = time.time_ns() // 1_000_000
    bits = (millis << 80) | int.from_bytes(os.urandom(10), "big")
    bits = bits & ~(0xF << 76) | (0x7 << 76)
    return str(UUID(int=bits & ~(0x3 << 62) | (0x2 << 62)))
