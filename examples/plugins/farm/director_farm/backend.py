"""Follows one job on a farm's server from its submission to its picture, whatever happens."""

import asyncio
import base64
import contextlib
import re
import uuid

from node_registry import BackendError, Cancelled, OutOfMemory, Preview, Progress

from .connection import Farm

PNG = b"\x89PNG\r\n\x1a\n"
RECONNECTS = 3
# A server's folders are nobody's business.
PATH = re.compile(r"(?:[A-Za-z]:)?(?:[/\\][\w.@+-]+)+[/\\](?=[\w.])")


class FarmBackend:
    """Speaks with several servers; a run uses the one of which it got a slot."""

    def __init__(self, addresses, silence):
        self._farms = {
            name: Farm(name, host, port, silence) for name, (host, port) in addresses.items()
        }

    async def open(self):
        """Each request has a connection of its own: there is nothing to open."""

    async def close(self):
        """And nothing to close."""

    async def run(self, request, context):
        """Submit the job, or find the one that an earlier attempt submitted, and follow it."""
        farm = self._farms[context.reserved.server]
        if context.cancelled.is_set():
            raise Cancelled
        if request.resume:
            job = request.resume.decode()
        else:
            job = uuid.uuid4().hex
            # First: when this process ends after the submission, the job can still be found.
            await context.checkpoint(job.encode())
            await self._submit(farm, job, request.params.get("words", ""))
        async with contextlib.aclosing(self._follow(farm, job, context)) as events:
            async for event in events:
                yield event
        path = context.scratch / "picture.png"
        await self._fetch(farm, job, path)
        yield await context.save("image", path, "image/png")

    async def _submit(self, farm, job, words):
        try:
            async with farm.ask(do="submit", id=job, words=words) as answer:
                await answer.line()
        except BackendError:
            # The answer is lost, or the request was: the server knows which. It is never sent
            # twice; a server that does not know the job says so to whoever follows it.
            if await self._state(farm, job) == "unknown":
                raise

    async def _state(self, farm, job):
        async with farm.ask(do="follow", id=job) as answer:
            return (await answer.line())["state"]

    async def _follow(self, farm, job, context):
        """The progress of a job until it is done. A connection that breaks is made again."""
        reached, failures = 0.0, 0
        while True:
            try:
                async with farm.ask(do="follow", id=job) as answer:
                    while True:
                        line = await self._unless_cancelled(answer.line(), farm, job, context)
                        failures = 0
                        if line["state"] == "done":
                            return
                        await self._check(line, farm, context)
                        if line["state"] != "running":
                            continue
                        # Each phase begins anew at its first step; people see one bar.
                        fraction = (line["phase"] + line["step"] / line["steps"]) / line["phases"]
                        reached = max(reached, min(1.0, fraction))
                        yield Progress(reached, "Rendering")
                        if line.get("preview"):
                            yield Preview(base64.b64decode(line["preview"]))
            except BackendError as error:
                failures += 1
                if error.code != "farm.unreachable" or failures > RECONNECTS:
                    raise
                await asyncio.sleep(0.1 * failures)

    async def _unless_cancelled(self, reading, farm, job, context):
        """The answer; when the run is cancelled first, the job is cancelled, and is gone."""
        waiting = asyncio.ensure_future(reading)
        stop = asyncio.ensure_future(context.cancelled.wait())
        try:
            await asyncio.wait({waiting, stop}, return_when=asyncio.FIRST_COMPLETED)
            if context.cancelled.is_set():
                async with farm.ask(do="cancel", id=job) as answer:
                    await answer.line()
                raise Cancelled
            return waiting.result()
        finally:
            for task in (waiting, stop):
                task.cancel()
            await asyncio.gather(waiting, stop, return_exceptions=True)

    async def _check(self, line, farm, context):
        """Raise what became of a job that is neither waiting nor running."""
        if line["state"] == "unknown":
            # The server was started again and has lost its queue: the next attempt begins anew.
            await context.checkpoint(b"")
            raise BackendError(
                "farm.job_lost",
                f"The server {farm.name} was started again and has lost this job.",
                hint="It is submitted again.",
                retryable=True,
            )
        if line["state"] != "failed":
            return
        await context.checkpoint(b"")
        text = PATH.sub("", line["error"])
        if line.get("kind") == "memory":
            raise OutOfMemory(f"{farm.name}: {text}")
        raise BackendError(
            "farm.failed",
            f"{farm.name}: {text}",
            hint="Change the words, or ask who runs the farm.",
        )

    async def _fetch(self, farm, job, path):
        """Stream the result into a file, and see that it is a picture."""
        async with farm.ask(do="fetch", id=job) as answer:
            size = (await answer.line()).get("bytes", 0)
            with path.open("wb") as file:
                async for chunk in answer.chunks(size):
                    file.write(chunk)
        with path.open("rb") as file:
            if file.read(len(PNG)) != PNG:
                raise BackendError(
                    "farm.no_picture",
                    f"The server {farm.name} said that it is done, and gave no picture.",
                    hint="Try again; if that does not help, look at the server.",
                )
