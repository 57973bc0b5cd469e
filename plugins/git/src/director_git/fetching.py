"""Serving history to stock clients: the branches of a repository, and what a client lacks of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO

from .packets import FLUSH, packet
from .streams import MEMORY_OF_PACKS, running

FETCH_SECONDS = 3600.0

# Branches and tags alone: whatever else lies in a repository is nobody's to fetch.
_SHOWN = {
    "transfer.hideRefs": ("refs/", "!refs/heads/", "!refs/tags/"),
    "uploadpack.allowFilter": "true",
    "uploadpack.allowAnySHA1InWant": "false",
}


async def advertise_fetch(folder: Path, protocol: str) -> AsyncIterator[bytes]:
    """What `git clone` and `git fetch` ask for first."""
    if _wanted(protocol) != "version=2":
        yield packet("# service=git-upload-pack\n") + FLUSH
    arguments = ("upload-pack", "--stateless-rpc", "--advertise-refs", "--strict", ".git")
    async with running(folder, *arguments, extra=_asked(protocol), config=_SHOWN) as git:
        async for chunk in git.chunks():
            yield chunk
        await git.end()


async def fetch(folder: Path, request: IO[bytes], protocol: str) -> AsyncIterator[bytes]:
    """The answer to one request of a client; the client is told by git what it did wrong."""
    arguments = ("upload-pack", "--stateless-rpc", "--strict", ".git")
    async with running(
        folder, *arguments, request=request, extra=_asked(protocol), config=_SHOWN,
        seconds=FETCH_SECONDS, memory=MEMORY_OF_PACKS,
    ) as git:  # fmt: skip
        async for chunk in git.chunks():
            yield chunk
        # A client that asks for nothing more leaves git with a status that is no fault.
        await git.end(allow=(0, 1, 128))


def _asked(protocol: str) -> dict[str, str]:
    return {"GIT_PROTOCOL": _wanted(protocol)} if _wanted(protocol) else {}


def _wanted(protocol: str) -> str:
    # A header of a stranger becomes a variable of a program: only what is known passes.
    return protocol if re.fullmatch(r"version=[012]", protocol) else ""
