"""How the tests of a backend run it: requests, contexts, attempts as the scheduler makes them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from ..backends import Backend, BackendSpec
from ..errors import BackendError
from ..requests import Request
from ..resources import Capabilities, Device, Gpu, Reserved
from ..run_events import RunEvent
from .context import LocalContext
from .servers import FakeServer
from .suite import ConformanceSuite

MAX_ATTEMPTS = 5
CARD = Gpu(uuid="GPU-of-the-suite", index=0, name="a card", total_bytes=24 << 30)


class BackendRuns(ConformanceSuite):
    """What the tests of a backend share. See `BackendSuite` for what its author sets."""

    spec: ClassVar[BackendSpec]
    outputs: ClassVar[tuple[str, ...]] = ()
    serverless: ClassVar[bool] = False
    patience: ClassVar[float] = 5.0
    limit: ClassVar[float] = 60.0
    # The fake server of the test that runs; None for a backend without one.
    _server: FakeServer | None = None
    # What the runs of a test have told so far, in order.
    _events: list[RunEvent]

    @pytest.fixture
    def server(self) -> FakeServer | None:
        """The fake server that the backend speaks with: a suite overrides this."""
        assert self.serverless, (
            "BackendSuite tries a backend through every trouble of its server: write a fixture "
            "`server` that yields a FakeServer, or say `serverless = True`."
        )
        return None

    @pytest.fixture(autouse=True)
    def _connect(self, server: FakeServer | None) -> None:  # pyright: ignore[reportUnusedFunction]
        self._server = server
        self._events = []
        if server is not None:
            self.spec = server.spec  # pyright: ignore[reportAttributeAccessIssue]

    def make_request(self, context: LocalContext) -> Request:
        """A small request that the backend can serve; keep its media with `context.keep`."""
        raise NotImplementedError

    def prepare(self, root: Path) -> tuple[Request, LocalContext]:
        """The request, and a context that holds its media and what the estimate asks for."""
        request = self.make_request(LocalContext(root))
        return request, self.context_of(root, request)

    def context_of(self, root: Path, request: Request) -> LocalContext:
        """A context for one attempt, with a scratch folder of its own."""
        needs = self.spec.estimate(request, self.offered())
        on_card = needs.device == "gpu"
        reserved = Reserved(
            vram_bytes=needs.vram_bytes, server=needs.servers[0] if needs.servers else None
        )
        return LocalContext.of(root, request, gpu=CARD if on_card else None, reserved=reserved)

    def offered(self) -> Capabilities:
        """What workers offer this backend: a CPU, a card of 24 GiB, and all of its servers."""
        card = Device(kind="gpu", name=CARD.name, vram_bytes=CARD.total_bytes)
        servers = tuple(server.name for server in self.spec.servers)
        return Capabilities(devices=(Device(), card), servers=servers)

    async def collect(self, request: Request, context: LocalContext) -> list[RunEvent]:
        """All events of one run on a backend opened and closed for it."""
        backend = self.spec.factory()
        try:
            async with asyncio.timeout(self.limit):
                await backend.open()
                events: list[RunEvent] = []
                async for event in backend.run(request, context):
                    events.append(event)
                    self._events.append(event)
                return events
        finally:
            await backend.close()

    async def retry(
        self, root: Path, request: Request, resume: bytes | None = None
    ) -> list[RunEvent]:
        """The events of the attempt that succeeded, made as the scheduler makes them.

        A failure that is retryable is tried again, with what was kept by the last checkpoint.
        """
        failure: BackendError | None = None
        for attempt in range(request.attempt, request.attempt + MAX_ATTEMPTS):
            retried = msgspec.structs.replace(request, attempt=attempt, resume=resume)
            context = self.context_of(root, request)
            try:
                return await self.collect(retried, context)
            except BackendError as error:
                if not error.retryable:
                    raise
                failure = error
            if context.checkpoints:
                resume = context.checkpoints[-1] or None
        raise AssertionError(f"{MAX_ATTEMPTS} attempts failed, the last with: {failure}")

    async def failure(self, request: Request, context: LocalContext) -> BackendError:
        """The `BackendError` that a run ends with. Anything else is a fault."""
        with pytest.raises(BackendError) as caught:
            await self.collect(request, context)
        assert len(caught.value.message) > 10, "an error says what happened"
        return caught.value

    async def until(
        self, holds: Callable[[], object], otherwise: str, *, within: float | None = None
    ) -> None:
        """Wait until something holds, `within` seconds or `limit`; else fail with a sentence."""
        deadline = time.monotonic() + (self.limit if within is None else within)
        while not holds():
            assert time.monotonic() < deadline, otherwise
            await asyncio.sleep(0.01)


class KilledRun:
    """A run in a process of ours that is killed: a loop in a thread, which stops for ever.

    Nothing of the run is cleaned up, as nothing is after `kill -9`; it is kept, since to collect
    it would close what it holds.
    """

    _killed_runs: ClassVar[list[KilledRun]] = []

    def __init__(self, spec: BackendSpec, request: Request, context: LocalContext) -> None:
        self.error: BaseException | None = None
        self.events: list[RunEvent] = []
        self._spec = spec
        self._request = request
        self._context = context
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._killed_runs.append(self)
        self._thread.start()

    def kill(self) -> None:
        """Stop it between two steps of its loop, for ever."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(self._run())
        self._loop.run_forever()

    async def _run(self) -> None:
        self._backend: Backend = self._spec.factory()
        try:
            await self._backend.open()
            self._events = self._backend.run(self._request, self._context)
            async for event in self._events:
                self.events.append(event)
        except Exception as error:  # noqa: BLE001 - the test tells it
            self.error = error
