"""Lines that no rule can settle: a person does, and a newer script remembers it."""

from __future__ import annotations

import pytest

from app.script import break_down, read_script
from app.script.settlements import Settlement, decide, read_settlements
from tests.studio import Studio

LINE = "THE DOOR OPENS."
SCRIPT = f"INT. HALL - DAY\n\nA lamp.\n\n{LINE}\nWho is there?\n\nMARTHA\nOnly me.\n"


def people(text: str, settled: list[Settlement], name: str = "a.fountain") -> list[str]:
    script = read_script(text.encode(), name, settled)
    return [character.name for character in break_down(script).characters]


def settle(text: str, taken: str, name: str = "a.fountain") -> list[Settlement]:
    (doubt,) = read_script(text.encode(), name).doubts
    return decide([], doubt.text, doubt.before, doubt.after, taken)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["a.fountain", "a.txt"])
def test_a_line_is_what_a_person_says_and_no_more_in_doubt(name: str) -> None:
    (doubt,) = read_script(SCRIPT.encode(), name).doubts
    settled = settle(SCRIPT, doubt.other, name)
    script = read_script(SCRIPT.encode(), name, settled)
    (now,) = script.doubts
    assert (now.taken, now.settled) == (doubt.other, True)
    assert break_down(script).problems == []
    assert ("THE DOOR OPENS." in people(SCRIPT, settled, name)) == (doubt.other == "cue")


@pytest.mark.parametrize(
    ("changed", "holds"),
    [
        (f"EXT. YARD - DAY\n\nRain.\n\nMore rain.\n\n{SCRIPT}", True),
        (SCRIPT.replace("A lamp.", "A lamp burns low."), True),
        (SCRIPT.replace("Who is there?", "Who was that?"), True),
        (SCRIPT.replace(LINE, f"\u200b{LINE}"), True),
        (SCRIPT.replace("A lamp.", "Night.").replace("Who is there?", "Who was that?"), False),
        (SCRIPT.replace(LINE, "THE GATE OPENS."), False),
    ],
)
def test_it_is_known_again_by_words_and_neighbours_not_by_number(changed: str, holds: bool) -> None:
    settled = settle(SCRIPT, "cue")
    (doubt,) = read_script(changed.encode(), "a.fountain", settled).doubts
    assert doubt.settled is holds


def test_the_last_decision_of_a_line_counts_and_damaged_ones_are_left_out() -> None:
    first = settle(SCRIPT, "cue")
    again = decide(first, LINE, "A lamp.", "Who is there?", "action")
    assert [one.taken for one in again] == ["action"]
    kept = [{"text": "a", "before": "", "after": "", "taken": "cue"}]
    assert len(read_settlements([*kept, {"text": 1}, "x", None])) == 1
    assert read_settlements("x") == []


async def test_one_click_settles_it_on_the_canvas_and_a_newer_script_remembers(
    studio: Studio,
) -> None:
    project = await studio.project()
    base = f"/api/v1/projects/{project}"
    (await studio.owner.post(f"{base}/scripts", content=SCRIPT)).raise_for_status()
    script = (await studio.owner.get(f"{base}/script")).json()
    (problem,) = script["problems"]
    assert set(problem["choices"]) == {"cue", "action"}
    wanted = {"digest": script["digest"], "line": problem["line"], "taken": problem["choices"][1]}

    gone = await studio.owner.post(f"{base}/script/doubts", json={**wanted, "digest": "0" * 64})
    assert (gone.status_code, gone.json()["code"]) == (409, "script.changed")
    sure = await studio.owner.post(f"{base}/script/doubts", json={**wanted, "line": 1})
    assert (sure.status_code, sure.json()["code"]) == (404, "script.no_doubt")

    done = await studio.owner.post(f"{base}/script/doubts", json=wanted)
    assert done.status_code == 200, done.text
    assert done.json()["problems"] == []
    assert done.json()["summary"]["changed"] or done.json()["summary"]["added"]
    assert (await studio.owner.get(f"{base}/script")).json()["problems"] == []

    newer = "EXT. YARD - DAY\n\nRain falls.\n\n" + SCRIPT
    preview = await studio.owner.post(f"{base}/scripts/preview", content=newer)
    assert preview.json()["breakdown"]["problems"] == []
    (await studio.owner.post(f"{base}/scripts", content=newer)).raise_for_status()
    assert (await studio.owner.get(f"{base}/script")).json()["problems"] == []

    # One undo for the newer script, one for the decision: then it is in doubt again.
    for _ in range(2):
        undone = await studio.owner.post(f"{base}/graph/undo", json={})
        assert undone.status_code == 200, undone.text
    (problem,) = (await studio.owner.get(f"{base}/script")).json()["problems"]
    assert problem["code"] == "script.cue_or_action"
