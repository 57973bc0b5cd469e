"""`director queue`, as it is printed."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from app.processes.queue_commands import print_queue


def a_task(**given: Any) -> dict[str, Any]:
    return {
        "task_id": "01a22e68-4245-72b8-a8c4-5da6312c4f6c",
        "project": "Lighthouse",
        "person": "Ina",
        "label": "SHOT_010",
        "tier": "high",
        "position": None,
        "cause": "",
        "hint": "",
        "expected_wait": None,
        "worker": "",
        "running_seconds": None,
        "expected_seconds": None,
        **given,
    }


def printed(workers: list[dict[str, Any]], tasks: list[dict[str, Any]]) -> str:
    console = Console(width=160, record=True, file=io.StringIO())
    print_queue(console, workers, tasks)
    return console.export_text()


def test_workers_runs_and_waits_are_told_with_names_times_and_causes() -> None:
    runs = a_task(task_id="t-1", worker="vm/gpu0", running_seconds=20.0, expected_seconds=140.0)
    worker = {
        "name": "vm/gpu0",
        "device_name": "RTX 4090",
        "vram_bytes": 24 * 10**9,
        "busy_with": "t-1",
        "drained_by": "Olga",
        "kept_by": "Ina",
        "kept_for": "one project and wan",
    }
    waits = [
        a_task(position=2, cause="Behind another task.", expected_wait=7200),
        a_task(position=1, project="", label="", cause="Paused by [b]Ina[/b].", hint="Resume it."),
    ]
    text = printed([worker], [waits[0], runs, waits[1]])
    assert "RTX 4090, 24 GB" in text
    assert "Makes SHOT_010 (Lighthouse). Takes no more, by Olga." in text
    assert "Is kept for one project and wan, by Ina." in " ".join(text.split())
    assert text.count("2 min") == 1
    assert "2.0 h" in text
    # What people are called is no markup, and the queue is told in its order.
    assert text.index("Paused by [b]Ina[/b]. Resume it.") < text.index("Behind another task.")
    assert "a task of another project" in text
    assert "312c4f6c" in text


def test_what_holds_up_all_is_told_once() -> None:
    paused = [a_task(position=place, cause="Paused by Ina.") for place in (1, 2, 3)]
    text = printed([], [*paused, a_task(position=4, cause="Behind 3 other tasks.")])
    assert (text.count("Paused by Ina."), text.count("The same.")) == (1, 2)


def test_a_task_that_asks_a_person_says_so() -> None:
    assert "Waits for a person's answer." in printed([], [a_task()])
