"""What a script supervisor would object to: found where it is planted, and in no breakdown."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from node_registry.film import read_sides

from app.cli import director
from app.script import Breakdown, Scene, Shot, break_down, read_script, supervise
from app.script.framing import choose_sides, composition

EXAMPLES = sorted((Path(__file__).parents[2] / "examples/scripts").glob("*.*"))


def breakdown_of(text: str) -> Breakdown:
    return break_down(read_script(text.encode(), "a.fountain"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_nothing_is_objected_to_in_the_examples(path: Path) -> None:
    assert supervise(break_down(read_script(path.read_bytes(), path.name))) == []


def test_nor_in_long_talks() -> None:
    chance = random.Random(3)
    words = re.findall(r"\w+", "well no yes perhaps we should go back to the old house and wait")
    for names in (("ANNA", "ZOE"), ("ZOE", "ANNA", "TOM"), ("TOM", "ANNA", "ZOE", "MAX")):
        lines = ["INT. KITCHEN - DAY", "", "They sit at the table."]
        for number in range(60):
            said = " ".join(chance.choices(words, k=chance.randint(1, 25)))
            lines += ["", names[number % 2] if number % 5 else chance.choice(names), f"{said}."]
        found = {remark.code for remark in supervise(breakdown_of("\n".join(lines)))}
        # Of three who all talk to each other, two stand at the same side.
        assert found <= ({"continuity.looks_do_not_meet"} if len(names) > 2 else set())


def one_shot(**fields: object) -> Shot:
    given = {
        "code": "010", "shot_type": "medium", "duration_estimate": 4.0, "prompt": "", **fields,
    }  # fmt: skip
    return msgspec.convert(given, Shot)


WIDE = one_shot(shot_type="wide")
INA = one_shot(characters_in_frame=["INA"], dialogue_content="INA: Who is there?",
               composition_notes="INA on the left third, looking right.")  # fmt: skip
TOM = one_shot(characters_in_frame=["TOM"], dialogue_content="TOM: Me.",
               composition_notes="TOM on the right third, looking left.")  # fmt: skip


def changed(shot: Shot, **fields: object) -> Shot:
    return msgspec.structs.replace(shot, **fields)  # type: ignore[arg-type]


PLANTED = {
    "place_not_shown": [INA, TOM, changed(INA, shot_type="close_up")],
    "line_crossed": [
        changed(WIDE, characters_in_frame=["INA", "TOM"], composition_notes="INA left, TOM right"),
        changed(TOM, characters_in_frame=["TOM", "INA"], composition_notes="TOM left, INA right"),
    ],
    "looks_do_not_meet": [WIDE, INA, changed(TOM, composition_notes="Face of TOM, looking right.")],
    "same_picture": [WIDE, INA, changed(INA, dialogue_content="INA: Is it you?")],
    "speaker_not_seen": [WIDE, changed(INA, characters_in_frame=[])],
    "not_in_scene": [WIDE, changed(WIDE, characters_in_frame=["MAX"])],
    "line_too_long": [WIDE, changed(INA, dialogue_content="INA: " + "word " * 25)],
}


def scene_of(shots: list[Shot]) -> Breakdown:
    numbered = [changed(shot, code=f"{10 * n + 10:03}") for n, shot in enumerate(shots)]
    scene = Scene(heading="INT. HOUSE - DAY", line=1, end_line=9, code="SCENE_01",
                  characters=["INA", "TOM"], shots=numbered)  # fmt: skip
    return msgspec.structs.replace(breakdown_of("INT. HOUSE - DAY\n\nRain.\n"), scenes=[scene])


@pytest.mark.parametrize("code", PLANTED)
def test_each_fault_is_found(code: str) -> None:
    assert [remark.code for remark in supervise(scene_of(PLANTED[code]))] == [f"continuity.{code}"]
    assert supervise(scene_of([WIDE, INA, TOM])) == []


def test_those_who_talk_stand_opposite_each_other() -> None:
    chance = random.Random(7)
    names = [f"P{n}" for n in range(6)]
    for _ in range(200):
        pairs = chance.sample(list(itertools.combinations(names, 2)), 5)
        talks = {pair: chance.randint(1, 9) for pair in pairs}
        sides = choose_sides(talks)
        assert sides == choose_sides(dict(sorted(talks.items(), key=lambda _: chance.random())))
        first = max(talks.items(), key=lambda item: (item[1], [-ord(c) for c in "".join(item[0])]))
        most = [pair for pair, times in talks.items() if times == first[1]]
        assert any(sides[one] != sides[other] for one, other in most)
        for one, other in most[:1]:
            alone = [composition("close_up", [name], sides) for name in (one, other)]
            assert read_sides(alone[0], [one])[one] == (-1 if sides[one] == "left" else 1)
            assert read_sides(alone[1], [other])[other] == (-1 if sides[other] == "left" else 1)


@pytest.mark.parametrize(
    "shot_type", ["medium", "close_up", "two_shot", "over_the_shoulder", "wide"]
)
def test_a_composition_says_the_sides_that_it_was_given(shot_type: str) -> None:
    sides = choose_sides({("INA", "TOM"): 2, ("INA", "MAX"): 1})
    notes = composition(shot_type, ["TOM", "INA"], sides)
    found = read_sides(notes, ["INA", "TOM"])
    assert found.get("TOM", 1) == 1
    assert found.get("INA", -1) == -1
    assert found


def _run(*arguments: str) -> tuple[int, str]:
    answer = CliRunner().invoke(director, ["breakdown", *arguments])
    return answer.exit_code, answer.output


def test_by_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "a.fountain"
    script.write_text("INT. HOUSE - DAY\n\nINA waits.\n\nINA\nWho is there?\n")
    assert _run(str(script), "--check")[0] == 0
    broken: Callable[[Breakdown], Breakdown] = lambda _: scene_of(PLANTED["same_picture"])  # noqa: E731
    monkeypatch.setattr("app.script.break_down", broken)
    status, said = _run(str(script), "--check")
    assert status == 1
    assert "the cut jumps" in " ".join(said.split())
    status, said = _run(str(script), "--check", "--json")
    assert (status, "continuity.same_picture" in said) == (1, True)
