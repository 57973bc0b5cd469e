"""A generation over the socket is answered to who asked: with its task, or why there is none."""

from __future__ import annotations

import pytest

from app.platform.ids import new_key
from tests.gateway.sockets import peer


@pytest.fixture
async def project(studio) -> str:
    return await studio.project()


async def test_who_asks_is_told_the_task_and_nobody_else(studio, host, project, brush) -> None:
    node = await studio.shot(project)
    token = await studio.token()
    other = await studio.token("Bo")
    await studio.let_in(project, token)
    await studio.let_in(project, other)
    brush.go.clear()
    async with peer(host, project, token) as ina, peer(host, project, other) as bo:
        await ina.join()
        await bo.join()
        await ina.say("client:start_generation", node_id=node, request_id="click")
        started = await ina.next("server:generation_started")
        assert (started["node_id"], started["request_id"]) == (node, "click")
        run = (await studio.owner.get(f"/api/v1/runs/{started['run_id']}")).json()["run"]
        assert [task["id"] for task in run["tasks"]] == [started["task_id"]]
        await ina.say("client:start_generation", node_id=node, request_id="click")
        assert await ina.next("server:generation_started") == started
        brush.go.set()
        ended = await bo.next("server:task_success")
        assert ended["task_id"] == started["task_id"]
        await bo.say("client:ping", t=1)
        await bo.next("server:pong")
        assert "server:generation_started" not in {name for name, _ in bo.heard}


async def test_a_node_that_makes_nothing_is_an_error_with_its_request(
    studio, host, project
) -> None:
    ina_node = new_key()
    op = {"op": "node.add", "id": ina_node, "type": "film.character", "data": {"name": "Ina"}}
    assert (await studio.change(project, op)).status_code == 200
    token = await studio.token()
    await studio.let_in(project, token)
    async with peer(host, project, token) as ina:
        await ina.join()
        await ina.say("client:start_generation", node_id=ina_node, request_id="click")
        failed = await ina.next("server:error")
    assert (failed["code"], failed["request_id"]) == ("plan.nothing_to_make", "click")
    assert failed["hint"]
    runs = (await studio.owner.get(f"/api/v1/projects/{project}/runs")).json()["items"]
    assert runs == []
