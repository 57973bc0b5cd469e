"""The studio's API as `director make` speaks to it: patient, and with files whole or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from node_registry import DirectorError

from .partial import unfinished
from .studio_lock import StudioAddress

PATIENCE = 120.0


@asynccontextmanager
async def connected(address: StudioAddress) -> AsyncIterator[Api]:
    """The API of a studio on this machine, as its owner."""
    async with httpx.AsyncClient(
        base_url=address.url,
        headers={"Authorization": f"Bearer {address.token}"},
        timeout=httpx.Timeout(120, connect=5),
        # On this machine: no proxy stands in between, and the time to load the world's
        # certificates is saved. One that nobody vouches for would be refused.
        trust_env=False,
        verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
    ) as client:
        yield Api(client)


class Api:
    """The studio's API, patient with one that is being started again."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def call(self, method: str, path: str, **given: Any) -> Any:
        """One request whose answer is JSON. Raises what the studio answers as an error."""
        answer = await self.request(method, path, **given)
        return answer.json() if answer.content else None

    async def request(self, method: str, path: str, **given: Any) -> httpx.Response:
        """One request; while the API is away, or its database is, it is sent again."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while True:
            try:
                answer = await self._client.request(method, path, **given)
            except httpx.TransportError as error:
                if asyncio.get_running_loop().time() > deadline:
                    raise DirectorError(
                        "studio.gone",
                        f"The studio has not answered for {PATIENCE:.0f} s.",
                        hint="See its logs in DIRECTOR_HOME/logs, or run `director doctor`.",
                    ) from error
                await asyncio.sleep(0.5)
                continue
            if not answer.is_error:
                return answer
            problem = _problem(answer)
            # Only what passes by itself is waited for: no git stays no git.
            late = asyncio.get_running_loop().time() > deadline
            if problem.code != "database.unreachable" or late:
                raise problem
            await asyncio.sleep(0.5)

    async def upload(self, path: str, source: Path, **params: str) -> Any:
        """Send a file as the body of a request; the JSON of the answer. It is not sent again."""
        size = source.stat().st_size

        async def chunks() -> AsyncIterator[bytes]:
            with source.open("rb") as file:
                while chunk := await asyncio.to_thread(file.read, 1 << 20):
                    yield chunk

        try:
            answer = await self._client.post(
                path,
                content=chunks(),
                params=params,
                headers={"Content-Length": str(size)},
                timeout=httpx.Timeout(None, connect=5),
            )
        except httpx.TransportError as error:
            raise DirectorError(
                "studio.gone",
                "The studio broke off before all of the file was there.",
                hint="See its logs in DIRECTOR_HOME/logs, then try again.",
            ) from error
        if answer.is_error:
            raise _problem(answer)
        return answer.json()

    async def download(self, path: str, target: Path, what: str = "The film was made") -> None:
        """Write an answer's bytes to a file, whole or not at all."""
        fresh = unfinished(target)
        try:
            async with self._client.stream("GET", path) as answer:
                if answer.is_error:
                    await answer.aread()
                    raise _problem(answer)
                with fresh.open("wb") as file:
                    async for chunk in answer.aiter_bytes():
                        file.write(chunk)
            os.replace(fresh, target)
        except httpx.TransportError as error:
            raise DirectorError(
                "studio.gone",
                "The studio broke off before all of the file was there; nothing was kept.",
                hint="See its logs in DIRECTOR_HOME/logs, then try again.",
            ) from error
        except OSError as error:
            raise DirectorError(
                "film.not_written",
                f"{what}, but {target.name} could not be written: {error.strerror}.",
                hint="Make room and run the command again: nothing is made twice.",
            ) from error
        finally:
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)


def _problem(answer: httpx.Response) -> DirectorError:
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    return DirectorError(
        str(problem.get("code", "studio.error")),
        str(problem.get("title", f"The studio answered {answer.status_code}.")),
        hint=str(problem.get("hint", "")),
        status=answer.status_code,
    )
