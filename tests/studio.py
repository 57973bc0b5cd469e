"""A whole studio inside the test process: the real API over ASGI, its people, and a worker."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
import msgspec
import uvicorn
from litestar import Litestar

from app import accounts
from app.execution import RunEnded
from app.execution.runner import Runner
from app.gateway.connection_limits import BoundedHttp
from app.gateway.transport import DirectSocket
from app.platform import bus, database
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_id, new_key
from app.platform.plugins import Plugins, load_plugins
from app.processes.api import build_api
from app.scheduling import Worker, offered_backends, wakeups, workers
from app.settings import Settings

T = TypeVar("T")

HOST = "studio.test"
PASSWORD = "a lamp behind the fog"
SMALL = {"resolution": "96x64", "frame_rate": 12}


class Studio:
    """What a test may do with the studio; `owner` is a client that is logged in as its owner."""

    def __init__(self, app: Litestar, settings: Settings, urls: Mapping[DatabaseRole, str]) -> None:
        self.app = app
        self.settings = settings
        self.urls = urls
        self._clients = contextlib.AsyncExitStack()
        self.owner: httpx.AsyncClient

    @property
    def store(self) -> Any:
        return self.app.state.store

    async def client(self, token: str | None = None, **headers: str) -> httpx.AsyncClient:
        """A client with this token, or with none."""
        if token:
            headers["Authorization"] = f"Bearer {token}"
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return await self._clients.enter_async_context(
            httpx.AsyncClient(
                transport=transport,
                base_url=f"http://{HOST}",
                headers=headers,
                timeout=60,
            )
        )

    @contextlib.asynccontextmanager
    async def served(self, trusted_proxies: tuple[str, ...] = ()) -> AsyncIterator[str]:
        """The studio on a port of this machine, for what speaks over sockets; its host and port."""
        config = uvicorn.Config(
            self.app,
            lifespan="off",
            log_config=None,
            access_log=False,
            http=BoundedHttp,
            ws=DirectSocket,
            ws_max_size=1024 * 1024,
            ws_per_message_deflate=False,
            proxy_headers=bool(trusted_proxies),
            forwarded_allow_ips=list(trusted_proxies),
        )
        server = uvicorn.Server(config)
        listening = socket.create_server(("127.0.0.1", 0))
        # Its own handling of signals would take them from the tests.
        serving = asyncio.create_task(server._serve([listening]))
        try:
            while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.01)
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving

    async def token(self, name: str = "Ina Berg") -> str:
        """The token of a new person."""
        login = await accounts.register(f"{new_key()}@example.org", PASSWORD, name)
        return login.token

    async def let_in(self, project: str, token: str, role: str = "editor") -> None:
        """Make somebody a member of a project."""
        actor = await accounts.authenticate(token)
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            await unit.execute(
                "INSERT INTO project_members (project_id, user_id, role) VALUES ($1, $2, $3)",
                UUID(project),
                actor.user_id,
                role,
            )

    async def person(self, name: str = "Ina Berg") -> httpx.AsyncClient:
        """A new person, logged in."""
        login = await accounts.register(f"{new_key()}@example.org", PASSWORD, name)
        return await self.client(login.token)

    async def project(self, client: httpx.AsyncClient | None = None, **given: Any) -> str:
        """A new project of small pictures; its id."""
        body = {"title": "Lighthouse", "settings": SMALL, **given}
        answer = await (client or self.owner).post("/api/v1/projects", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    async def change(self, project: str, *ops: dict[str, Any], **how: Any) -> httpx.Response:
        """Send operations to a project's canvas, as the owner."""
        return await self.owner.post(
            f"/api/v1/projects/{project}/graph/operations", json={"ops": list(ops), **how}
        )

    async def shot(self, project: str, *, frames: int = 3, **data: Any) -> str:
        """A new shot on the canvas; its id."""
        node = new_key()
        op = {"op": "node.add", "id": node, "type": "film.shot"}
        data = {"code": "010", "frames": frames, **data}
        answer = await self.change(project, {**op, "data": data})
        assert answer.status_code == 200, answer.text
        return node

    async def generate(self, project: str, node: str, **given: Any) -> dict[str, Any]:
        """A click on a node's button, as the owner; its run and its task."""
        body = {"node_id": node, **given}
        answer = await self.owner.post(f"/api/projects/{project}/generate", json=body)
        assert answer.status_code == 202, answer.text
        return answer.json()

    async def run_ends(self, run: str, client: httpx.AsyncClient | None = None) -> dict[str, Any]:
        """Wait for the end of a run; the run as the API tells of it to its owner."""
        ended = asyncio.Event()

        async def hear(fact: RunEnded) -> None:
            if str(fact.run_id) == run:
                ended.set()

        forget = bus.listen(RunEnded, hear)
        try:
            found = await self.read_run(run, client)
            if found["status"] == "running":
                await asyncio.wait_for(ended.wait(), 60)
            return await self.read_run(run, client)
        finally:
            forget()

    async def read_run(self, run: str, client: httpx.AsyncClient | None = None) -> dict[str, Any]:
        answer = await (client or self.owner).get(f"/api/v1/runs/{run}")
        assert answer.status_code == 200, answer.text
        return answer.json()["run"]

    @contextlib.asynccontextmanager
    async def worker(self, plugins: Plugins | None = None, **limits: Any) -> AsyncIterator[Runner]:
        """A worker in this process, with a heartbeat and its wake-ups, as `director worker` has."""
        plugins = plugins or load_plugins("worker")
        now = datetime.now(UTC)
        worker = Worker(
            id=new_id(),
            name="test/cpu0",
            device="cpu",
            device_id=f"cpu:test:{new_key()}",
            vram_bytes=0,
            backends=offered_backends(plugins.backends.values()),
            started_at=now,
            seen_at=now,
        )
        await database.connect({DatabaseRole.WORKER: self.urls[DatabaseRole.WORKER]}, size=3)
        folder = self.settings.home / "worker"
        runner = Runner(worker.id, plugins, self.store, folder=folder, lease_seconds=30, **limits)
        async with unit_of_work(role=DatabaseRole.WORKER) as unit:
            await workers.register(unit, worker)
        assert self.settings.redis_url is not None
        listening = asyncio.create_task(
            wakeups.listen_for_wakeups(self.settings.redis_url, worker.id, runner.wake_up)
        )
        self.app.state.dispatcher.wake()
        try:
            yield runner
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening
            await runner.stop()
            async with unit_of_work(role=DatabaseRole.WORKER) as unit:
                await workers.leave(unit, worker.id)


@contextlib.asynccontextmanager
async def own_task(context: contextlib.AbstractAsyncContextManager[T]) -> AsyncIterator[T]:
    """Enter and leave a context in one task, as task groups want it; fixtures have two."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[T] = loop.create_future()
    over = asyncio.Event()

    async def hold() -> None:
        async with context as entered:
            ready.set_result(entered)
            await over.wait()

    holding = asyncio.create_task(hold())
    await asyncio.wait({holding, ready}, return_when=asyncio.FIRST_COMPLETED)
    try:
        if not ready.done():
            await holding
        yield ready.result()
    finally:
        over.set()
        await holding


@contextlib.asynccontextmanager
async def open_studio(
    home: Path, urls: Mapping[DatabaseRole, str], redis_url: str, **settings: Any
) -> AsyncIterator[Studio]:
    """The API on this database, with its loops running; closed in order afterwards."""
    chosen = msgspec.structs.replace(Settings(home=home, redis_url=redis_url), **settings)
    app = build_api(chosen)
    async with app.lifespan(), contextlib.AsyncExitStack() as stack:
        studio = Studio(app, chosen, urls)
        stack.push_async_callback(studio._clients.aclose)
        login = await accounts.open_session(await accounts.ensure_owner(), label="tests")
        studio.owner = await studio.client(login.token)
        yield studio
