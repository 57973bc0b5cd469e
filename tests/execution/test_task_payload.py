"""When two plans of a task want the same, so that a second request follows the run under way."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from app.execution.plan import InputRef, PlanStep
from app.execution.task_payload import TaskPlan, intent_digest
from node_registry import RenderSettings, Slate


def plan(*, digest: str = "of a basis", made: bool = True, **changed: Any) -> dict[str, Any]:
    """The plan of a shot into which one thing goes: the result of a step, or a value."""
    ref = InputRef(
        node_id="face", label="Face", socket="image", type="Image", digest=digest,
        step="face" if made else None,
    )  # fmt: skip
    step = PlanStep(
        key="shot", node_id="shot", node_type="film.shot", label="SHOT_010", iteration=(),
        kind="task", params={"active_take": digest}, inputs={"image": [ref]},
        part={"prompt": changed.pop("prompt", "A boat")}, basis=digest, tier="high", seed=None,
        current=False, take=None, dependencies=("face",),
    )  # fmt: skip
    fields = {
        "project_id": "p", "step": step, "seed": 7, "slate": Slate(project="Boat"),
        "settings": RenderSettings(width=320, height=180, rate="24"), "stem": "SHOT-010",
        "version": 1, **changed,
    }  # fmt: skip
    return msgspec.to_builtins(TaskPlan(**fields))


def test_an_input_that_was_made_meanwhile_changes_nothing() -> None:
    before = plan(digest="of a basis", tasks={"face": "a task"})
    after = plan(digest="of its bytes", takes={"face": "a take"})
    assert before != after
    assert intent_digest(before) == intent_digest(after)


@pytest.mark.parametrize(
    "changed",
    [
        {"prompt": "Two boats"},
        {"settings": RenderSettings(width=640, height=360, rate="24")},
        {"slate": Slate(project="Boat", shot="SHOT_020")},
        {"version": 2},
        {"special": {"order": ["shot"]}},
        {"seed": 8},
        {"made": False, "digest": "of a file"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_people_changed_is_wanted_anew(changed: dict[str, Any]) -> None:
    assert intent_digest(plan()) != intent_digest(plan(**changed))


def test_an_asset_that_changed_is_wanted_anew() -> None:
    one, other = plan(made=False, digest="version 3"), plan(made=False, digest="version 4")
    assert intent_digest(one) != intent_digest(other)


def test_a_second_click_on_generate_wants_the_same_whatever_its_seed() -> None:
    assert intent_digest(plan(), any_seed=True) == intent_digest(plan(seed=8), any_seed=True)
