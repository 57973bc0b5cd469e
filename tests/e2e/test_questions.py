"""A run that waits for a person is answered on its node and in the queue."""

from __future__ import annotations

import json
from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import expect

from app.processes.embedded import EmbeddedPostgres, runtime_folder
from tests.e2e.film import Canvas, Film

pytestmark = pytest.mark.system

COLOURS = {"type": "string", "enum": ["red", "blue"]}


async def _let_ask(home: Path, task: str, question: str, answer: dict) -> None:
    """Put a waiting task where a backend that asks puts it; no backend of the studio's own asks."""
    connection = await asyncpg.connect(EmbeddedPostgres(home, runtime_folder(home)).url())
    try:
        done = await connection.execute(
            """UPDATE tasks SET status = 'waiting_for_input', question = $2::jsonb,
                 cause = 'It asks: ' || $3
               WHERE id = $1 AND status IN ('queued', 'blocked')""",
            task,
            json.dumps({"question": question, "answer": answer}),
            question,
        )
        assert done == "UPDATE 1", done
    finally:
        await connection.close()


async def test_a_question_is_answered_on_its_node_and_in_the_queue(
    visit, owner, studio_home: Path
) -> None:
    page = visit.page
    film = await Film.of(owner, "Asking", "one_line.txt")
    shots = await film.nodes("film.shot")
    # Nothing begins before the last two have asked.
    (await owner.put("/queue/pause")).raise_for_status()
    tasks = []
    for shot in shots:
        wanted = {"node_id": shot["id"]}
        made = await owner.post(f"/projects/{film.id}/generate", json=wanted)
        tasks.append(made.raise_for_status().json()["task_id"])
    await _let_ask(studio_home, tasks[-1], "Which colour shall the lamp have?", COLOURS)
    await _let_ask(studio_home, tasks[-2], "How many gulls?", {"type": "integer", "minimum": 0})
    (await owner.delete("/queue/pause")).raise_for_status()

    await Canvas(page, film).open(await film.scene())
    last = page.locator(f"#node-{shots[-1]['id']}")
    await expect(last.get_by_text("Waits for you")).to_be_visible()
    card = last.get_by_role("form", name="Question of")
    await expect(card).to_contain_text("Which colour shall the lamp have?")
    await card.get_by_role("button", name="blue").click()
    await expect(card).to_have_count(0)

    await page.get_by_role("button", name="Queue, 1 waiting for an answer").click()
    queue = page.get_by_role("complementary", name="Queue").get_by_role("region", name="Questions")
    asked = queue.get_by_role("form", name="Question of")
    await asked.get_by_role("spinbutton", name="Answer").fill("3")
    await asked.get_by_role("button", name="Answer").click()
    await expect(queue).to_have_count(0)

    # With their answers both go on to a take.
    await film.until(
        lambda graph: all(
            next(n for n in graph["nodes"] if n["id"] == shot["id"])["data"].get("active_take")
            for shot in shots
        ),
        seconds=90,
    )
    assert not visit.complaints
