"""One trace leads from a click through the queue and the worker to the commit, also when a worker
is killed. A whole studio runs, and sends its spans to a collector of the tests."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from app.platform.ids import new_key
from app.processes.embedded import EmbeddedPostgres, runtime_folder
from app.processes.studio import Studio, free_port, running
from app.settings import Settings
from tests.gateway.sockets import peer
from tests.otlp import Collector, ReceivedSpan, collecting

pytestmark = pytest.mark.system

FOREIGN = "4bf92f3577b34da6a3ce929d0e0e4736"
TITLE, LABEL = "Nobody may read this title", "NORTHISCODE"


class House(msgspec.Struct, frozen=True):
    settings: Settings
    studio: Studio
    client: httpx.AsyncClient
    collector: Collector
    project: str


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    home = tmp_path_factory.mktemp("traces") / "home"
    with collecting() as collector, pytest.MonkeyPatch.context() as environment:
        # Spans are sent soon after they end: one of a killed worker would be lost with it.
        environment.setenv("OTEL_BSP_SCHEDULE_DELAY", "200")
        settings = Settings(
            home=home, port=free_port(), workers=1, lease_seconds=3, log_level="warning",
            otlp_endpoint=collector.url,
        )  # fmt: skip
        async with running(settings) as studio:
            token = {"Authorization": f"Bearer {studio.address.token}"}
            async with httpx.AsyncClient(
                base_url=studio.address.url, headers=token, timeout=60
            ) as client:
                body = {"title": TITLE, "settings": {"resolution": "320x180", "frame_rate": 24}}
                made = await client.post("/api/v1/projects", json=body)
                assert made.status_code == 201, made.text
                yield House(settings, studio, client, collector, made.json()["id"])


async def shot(house: House, frames: int) -> str:
    node = new_key()
    data = {"code": LABEL, "frames": frames}
    op = {"op": "node.add", "id": node, "type": "film.shot", "data": data}
    answer = await house.client.post(
        f"/api/v1/projects/{house.project}/graph/operations",
        json={"ops": [op]},
        headers={"traceparent": f"00-{FOREIGN}-00f067aa0ba902b7-01"},
    )
    assert answer.status_code == 200, answer.text
    return node


async def click(house: House, node: str, during: Any = None) -> str:
    """Generate a shot over the socket, and wait for its take; the id of its task."""
    host = house.studio.address.url.removeprefix("http://")
    async with peer(host, house.project, house.studio.address.token) as ina:
        await ina.join()
        await ina.say("client:start_generation", node_id=node, request_id=new_key())
        started = await ina.next("server:generation_started")
        if during is not None:
            await during(started["task_id"])
        ended = await ina.next("server:task_success", "server:task_failed", within=120)
        assert ended["task_id"] == started["task_id"]
        return started["task_id"]


async def trace_of(house: House, task: str, *wanted: str) -> dict[str, list[ReceivedSpan]]:
    """The spans of the trace of a task by name, once these names are among them."""
    spans: list[ReceivedSpan] = []
    async with asyncio.timeout(90):
        while not set(wanted) <= {span.name for span in spans}:
            await asyncio.sleep(0.1)
            known = [
                s for s in house.collector.spans if s.attributes.get("director.task_id") == task
            ]
            assert len({s.trace for s in known}) <= 1
            spans = [s for s in house.collector.spans if known and s.trace == known[0].trace]
    found: dict[str, list[ReceivedSpan]] = {}
    for span in sorted(spans, key=lambda span: span.began):
        found.setdefault(span.name, []).append(span)
    return found


ALL = (
    "socket client:start_generation", "run.plan", "task", "task.wait", "task.claim", "task.run",
    "backend.run", "take.store", "take.record", "task.activate", "task.publish", "task.commit",
)  # fmt: skip
BELOW = {
    "run.plan": "socket client:start_generation",
    "task": "socket client:start_generation",
    "task.wait": "task",
    "task.claim": "task",
    "task.run": "task",
    "backend.run": "task.run",
    "take.store": "backend.run",
    "take.record": "task.run",
    "task.activate": "task",
    "task.publish": "task",
    "task.commit": "task",
}


def check_tree(found: dict[str, list[ReceivedSpan]]) -> None:
    names = {span.id: name for name, spans in found.items() for span in spans}
    parents = {name: {names[span.parent] for span in spans} for name, spans in found.items()
               if name in BELOW}  # fmt: skip
    assert parents == {name: {above} for name, above in BELOW.items()}
    (root,) = found["socket client:start_generation"]
    assert root.parent == ""
    assert all(span.ended >= span.began for spans in found.values() for span in spans)


async def test_a_click_is_one_trace_to_the_commit(house: House) -> None:
    task = await click(house, await shot(house, 3))
    found = await trace_of(house, task, *ALL)
    assert set(found) == set(ALL)
    check_tree(found)
    assert all(len(spans) == 1 for spans in found.values())
    order = [found[name][0] for name in ("task.wait", "task.claim", "backend.run", "task.publish")]
    assert [s.name for s in sorted(order, key=lambda s: s.began)] == [s.name for s in order]
    assert found["task.run"][0].service == "director-worker"
    assert found["task.wait"][0].service == "director-api"
    assert not any(span.failed for spans in found.values() for span in spans)
    whole = found["task"][0].attributes
    assert whole["director.project_id"] == house.project
    assert (whole["director.outcome"], whole["director.attempt"]) == ("succeeded", 1)
    told = repr(house.collector.spans)
    assert TITLE not in told
    assert LABEL not in told
    assert str(house.settings.home) not in told
    requests = house.collector.named("POST /api/v1/projects/{project_id}/graph/operations")
    assert requests, sorted({span.name for span in house.collector.spans})
    assert requests[0].attributes["http.response.status_code"] == 200
    assert requests[0].parent == ""
    assert requests[0].trace != FOREIGN, "A client does not choose what it is traced as."


async def test_a_killed_worker_stays_in_the_trace(house: House) -> None:
    url = EmbeddedPostgres(house.settings.home, runtime_folder(house.settings.home)).url()

    async def kill(task: str) -> None:
        connection = await asyncpg.connect(url)
        try:
            async with asyncio.timeout(60):
                while True:
                    row = await connection.fetchrow(
                        """SELECT w.device_id FROM tasks t JOIN workers w ON w.id = t.worker_id
                           WHERE t.id = $1::uuid AND t.status = 'running'""",
                        task,
                    )
                    if row is not None:
                        break
                    await asyncio.sleep(0.01)
        finally:
            await connection.close()
        os.kill(int(row["device_id"].rsplit(":", 1)[1]), signal.SIGKILL)

    task = await click(house, await shot(house, 400), kill)
    found = await trace_of(house, task, *ALL, "task.lost")
    check_tree(found)
    (lost,) = found["task.lost"]
    (whole,) = found["task"]
    assert lost.failed
    assert lost.parent == whole.id
    assert lost.attributes["error.type"] == "task.worker_lost"
    assert lost.attributes["director.attempt"] == 1
    assert [span.attributes["director.attempt"] for span in found["task.wait"]] == [1, 2]
    (run,) = found["task.run"]
    assert run.attributes["director.attempt"] == 2
    assert run.began >= lost.ended - 1_000_000_000
    assert whole.attributes["director.attempt"] == 2
