"""What is said with a farm's server: one request for each connection, a line of JSON at a time."""

import asyncio
import contextlib
import json

from node_registry import BackendError

LONGEST = 1 << 20


class Farm:
    """One server. What goes wrong on the way is a `BackendError` that may be retried:
    `farm.unreachable` for a connection that breaks, `farm.silent` for one that says nothing."""

    def __init__(self, name, host, port, silence):
        self.name = name
        self._address = host, port
        self._silence = silence

    @contextlib.asynccontextmanager
    async def ask(self, **request):
        """Send a request; gives the answer, of which lines are read as they come."""
        async with self._patience():
            reader, writer = await asyncio.open_connection(*self._address, limit=LONGEST)
        try:
            async with self._patience():
                writer.write(json.dumps(request).encode() + b"\n")
                await writer.drain()
            yield Answer(reader, self._patience)
        finally:
            writer.close()

    @contextlib.asynccontextmanager
    async def _patience(self):
        hint = "See whether it runs; the run goes on when it is back."
        try:
            async with asyncio.timeout(self._silence):
                yield
        except TimeoutError as error:
            sentence = f"The server {self.name} has said nothing for {self._silence:g} s."
            raise BackendError("farm.silent", sentence, hint=hint, retryable=True) from error
        except OSError as error:
            sentence = f"The server {self.name} does not answer."
            raise BackendError("farm.unreachable", sentence, hint=hint, retryable=True) from error


class Answer:
    """What a server says to one request."""

    def __init__(self, reader, patience):
        self._reader = reader
        self._patience = patience

    async def line(self):
        """The next line."""
        async with self._patience():
            read = await self._reader.readline()
            if not read.endswith(b"\n"):
                raise ConnectionError("closed in the middle of a line")
        return json.loads(read)

    async def chunks(self, size):
        """The bytes that follow, so many of them, as they come."""
        while size:
            async with self._patience():
                chunk = await self._reader.read(min(size, LONGEST))
                if not chunk:
                    raise ConnectionError("closed in the middle of the result")
            size -= len(chunk)
            yield chunk
