"""A run that asks a person: it waits without a worker, and goes on with the answer."""

from __future__ import annotations

from collections.abc import AsyncIterator

from app.platform.ids import new_key
from node_registry import BackendSpec, Needs, NeedsInput, Request, RunContext, RunEvent
from tests.studio import Studio

NODE_TYPE = "film.image_generation"


class Asker:
    """Asks for a colour, keeps what it knows so far, and paints with the answer."""

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""

    async def run(self, request: Request, context: RunContext) -> AsyncIterator[RunEvent]:
        if "answer" not in request.params:
            await context.checkpoint(b"half done")
            yield NeedsInput("Which colour?", {"type": "string", "enum": ["red", "blue"]})
            return
        path = context.scratch / "painted.txt"
        path.write_bytes((request.resume or b"") + b" " + request.params["answer"].encode())
        yield await context.save("image", path, "text/plain")


SPEC = BackendSpec(
    name="tests.asker",
    version="1",
    serves=(NODE_TYPE,),
    factory=Asker,
    estimate=lambda _request, _capabilities: Needs(),
)


async def test_a_task_waits_for_an_answer_and_goes_on_with_it(own_studio: Studio) -> None:
    studio = own_studio
    plugins = studio.app.state.plugins
    plugins.backends[SPEC.name] = SPEC
    project, node = await studio.project(), new_key()
    added = await studio.change(project, {"op": "node.add", "id": node, "type": NODE_TYPE})
    assert added.status_code == 200, added.text
    async with studio.worker(plugins):
        started = await studio.owner.post(
            f"/api/v1/projects/{project}/runs", json={"targets": [node]}
        )
        run = started.json()["id"]
        task = await waiting_task(studio, run)
        assert task["cause"] == "It asks: Which colour?"
        assert task["question"]["answer"]["enum"] == ["red", "blue"]
        asked = (await studio.owner.get(f"/api/v1/projects/{project}/questions")).json()
        assert asked["next_cursor"] is None
        (question,) = asked["items"]
        assert question["task_id"] == task["id"]
        assert question["node_id"] == node
        assert question["question"] == "Which colour?"
        assert question["answer"] == {"type": "string", "enum": ["red", "blue"]}
        wrong = await studio.owner.post(f"/api/v1/tasks/{task['id']}/answer", json={"answer": "no"})
        assert wrong.json()["code"] == "task.bad_answer"
        right = await studio.owner.post(
            f"/api/v1/tasks/{task['id']}/answer", json={"answer": "red"}
        )
        assert right.status_code == 204, right.text
        ended = await studio.run_ends(run)
        asked = (await studio.owner.get(f"/api/v1/projects/{project}/questions")).json()
        assert asked["items"] == []
    assert ended["status"] == "succeeded", ended
    take = ended["tasks"][0]["take_id"]
    content = await studio.owner.get(f"/api/v1/takes/{take}/content")
    assert content.content == b"half done red"
    facts = (await studio.owner.get(f"/api/v1/takes/{take}")).json()
    assert facts["recipe"] is None, "an answer is no part of a recipe: nobody may reuse this take"


async def waiting_task(studio: Studio, run: str) -> dict:
    for _ in range(200):
        task = (await studio.read_run(run))["tasks"][0]
        if task["status"] == "waiting_for_input":
            return task
        assert task["status"] not in ("failed", "succeeded"), task
        await studio.app.state.dispatcher.tick()
    raise AssertionError(f"it never asked: {task}")
