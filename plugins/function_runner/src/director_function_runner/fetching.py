"""Fetches weights once into the operator's folder, where they are read-only for every function.

Secrets are used here, and nowhere else: a function never gets one.
"""

from __future__ import annotations

import asyncio
import fcntl
import fnmatch
import hashlib
import json
import os
import shutil
from collections.abc import AsyncIterator, Mapping
from pathlib import Path, PurePosixPath

import aiohttp

from node_registry import BackendError

from .manifest import Weights
from .weights import RECORD, folder_of

_CHUNK = 1 << 20


async def fetch(
    weights: Weights, root: Path, secrets: Mapping[str, str]
) -> AsyncIterator[tuple[int, int]]:
    """Fetch weights that are not there yet; bytes so far, and of all, where that is known.

    Raises `function.weights`.
    """
    target = folder_of(weights, root)
    if weights.source.startswith("file://"):
        if not target.exists():
            raise _refused(weights, "they are not on this machine")
        return
    if (target / RECORD).exists():
        return
    root.mkdir(parents=True, exist_ok=True)
    with (root / f".{target.name}.lock").open("w") as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        if (target / RECORD).exists():
            return
        fresh = root / f".{target.name}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        try:
            async with aiohttp.ClientSession(raise_for_status=True) as session:
                files = await _files(session, weights, secrets)
                digests: dict[str, str] = {}
                done = 0
                for name, (url, size) in files.items():
                    digest = hashlib.sha256()
                    path = fresh / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    async with session.get(url, headers=_headers(weights, secrets)) as answer:
                        with path.open("wb") as file:
                            async for chunk in answer.content.iter_chunked(_CHUNK):
                                file.write(chunk)
                                digest.update(chunk)
                                done += len(chunk)
                                yield done, size or answer.content_length or 0
                    path.chmod(0o444)
                    digests[name] = digest.hexdigest()
        except (aiohttp.ClientError, OSError) as error:
            status = (
                f" (status {error.status})"
                if isinstance(error, aiohttp.ClientResponseError)
                else ""
            )
            raise _refused(weights, f"they could not be fetched{status}", True) from error
        _check(weights, digests)
        whole = hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()
        single = next(iter(digests.values())) if len(digests) == 1 else whole
        record = {"source": weights.source, "digest": single, "files": digests}
        (fresh / RECORD).write_text(json.dumps(record, indent=1))
        fresh.rename(target)


async def _files(
    session: aiohttp.ClientSession, weights: Weights, secrets: Mapping[str, str]
) -> dict[str, tuple[str, int]]:
    """The files to fetch: their names, addresses and sizes."""
    if not weights.source.startswith("hf://"):
        name = PurePosixPath(weights.source.partition("?")[0]).name or "weights"
        return {name: (weights.source, 0)}
    hub = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    repository, _, revision = weights.source.removeprefix("hf://").partition("@")
    address = f"{hub}/api/models/{repository}/revision/{revision or 'main'}"
    async with session.get(address, headers=_headers(weights, secrets)) as answer:
        told = await answer.json()
    pinned = told["sha"]
    found: dict[str, tuple[str, int]] = {}
    for entry in told["siblings"]:
        name = str(entry["rfilename"])
        wanted = not weights.include or any(fnmatch.fnmatch(name, p) for p in weights.include)
        path = PurePosixPath(name)
        if wanted and not path.is_absolute() and ".." not in path.parts:
            found[name] = (f"{hub}/{repository}/resolve/{pinned}/{name}", 0)
    if not found:
        raise _refused(weights, "no file of the repository is wanted")
    return found


def _headers(weights: Weights, secrets: Mapping[str, str]) -> dict[str, str]:
    # A token goes to the hub alone, never to an address that a manifest names.
    token = secrets.get("HF_TOKEN")
    sends = token and weights.source.startswith("hf://")
    return {"Authorization": f"Bearer {token}"} if sends else {}


def _check(weights: Weights, digests: Mapping[str, str]) -> None:
    if weights.sha256 and list(digests.values()) != [weights.sha256]:
        raise _refused(weights, "they are not what the manifest's sha256 says")


def _refused(weights: Weights, why: str, retryable: bool = False) -> BackendError:
    gated = " They are gated: accept their licence, and put HF_TOKEN into the folder of secrets."
    return BackendError(
        "function.weights",
        f"The weights {weights.name} cannot be used: {why}.",
        hint="Look at `weights` in the manifest." + (gated if weights.gated else ""),
        retryable=retryable,
    )
