"""Who speaks: cues as people write them, capitals that are nobody, forced action, and characters
that nobody sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.script import break_down, read_script

CASES = Path(__file__).parent / "cases"


def kinds(body: str, name: str = "a.fountain") -> list[tuple[str, str]]:
    script = read_script(f"INT. HALL - DAY\n\nA lamp.\n\n{body}".encode(), name)
    return [(element.kind, element.text) for element in script.elements[2:]]


def people(body: str) -> list[str]:
    script = read_script(f"INT. HALL - DAY\n\nA lamp.\n\n{body}".encode(), "a.fountain")
    return [character.name for character in break_down(script).characters]


def test_a_colon_after_the_cue_is_no_part_of_the_name() -> None:
    breakdown = break_down(read_script((CASES / "cue_colon.fountain").read_bytes(), "a.fountain"))
    assert [one.name for one in breakdown.characters] == ["WOMAN", "TOM", "BOB"]
    assert [one.speeches for one in breakdown.characters] == [1, 1, 1]


@pytest.mark.parametrize(
    "cue",
    [
        "MAN IN THE BACK OF THE TRAIN",
        "VOICE FROM THE OTHER END OF THE LINE",
        "WOMAN WITH THE RED HAT AND THE DOG (O.S.)",
        "THE LAST PASSENGER OFF THE NIGHT FERRY TO OSTEND",
        "UNCLE OF THE GROOM ON HIS MOTHER'S SIDE",
        "BOB:",
        "BOB :",
        "WOMAN (V.O.):",
        "WOMAN (V.O.) :",
        "WHO?",
        "VOICE?!",
        "MARTHA!",
        "MARTHA.",
        "MR. X",
        "DR. NO",
        "J.R.",
        "MAN #2",
        "R2D2",
        "THE ONE WHO KNOWS (CONT'D)",
        "JUNE",
        "SUNDAY",
        "HE AND SHE",
    ],
)
@pytest.mark.parametrize("kind", ["a.fountain", "a.txt"])
def test_what_stands_above_a_speech_speaks(cue: str, kind: str) -> None:
    found = kinds(f"{cue}\nWhere were you all my life?\n\nWind.\n", kind)
    assert found[0] == ("character", cue)
    assert found[1] == ("dialogue", "Where were you all my life?")


@pytest.mark.parametrize("cue", ["YAHOO!", "SOMEBODY, SOMEWHERE", "THE CROWD OUTSIDE"])
def test_above_an_aside_nothing_but_speech_can_follow(cue: str) -> None:
    assert [kind for kind, _ in kinds(f"{cue}\n(softly)\nGo on.\n")][:3] == [
        "character",
        "parenthetical",
        "dialogue",
    ]


@pytest.mark.parametrize(
    ("capitals", "after"),
    [
        ("FOR SALE", "The sign swings."),
        ("GAME OVER", "The screen flickers."),
        ("AT THE SAME MOMENT", "A car stops."),
        ("MEANWHILE, ACROSS TOWN", "Tom waits."),
        ("SUPER:", "One year later."),
        ("TITLE CARD:", "One year later."),
        ("THE SIGN READS:", "Nobody comes in."),
        ("LATER THAT NIGHT", "The board lights."),
        ("THE NEXT DAY", "The board lights."),
        ("ANGLE ON TOM", "He smiles."),
        ("TOM'S POV", "The street, empty."),
        ("CLOSE ON THE KEY", "It turns."),
        ("BACK TO SCENE", "Tom waits."),
        ("NO SMOKING", "In red letters."),
        ("BANG!", "The gun fires."),
        ("BANG BANG BANG", "The shutters close."),
        ("THE DOOR OPENS.", "A man enters."),
        ("ALL OF IT IS GONE", "The house stands empty."),
        ("WE SEE THE SEA", "Grey, without end."),
    ],
)
def test_capitals_that_are_nobody_are_action(capitals: str, after: str) -> None:
    assert kinds(f"{capitals}\n{after}\n") == [("action", f"{capitals}\n{after}")]
    assert people(f"{capitals}\n{after}\n\nTOM\nYes.\n") == ["TOM"]


@pytest.mark.parametrize(
    "line",
    [
        "Over the door, FOR SALE hangs askew.",
        "FOR SALE hangs askew.",
        "GAME OVER blinks on the screen.",
        "AT THE SAME MOMENT a car stops.",
        "THE NEXT DAY, a car stops.",
    ],
)
def test_capitals_in_the_middle_of_action_become_no_people(line: str) -> None:
    assert people(f"{line}\n\nTOM\nYes.\n") == ["TOM"]


def test_a_sound_that_speaks_twice_is_somebody() -> None:
    assert kinds("BUZZ\nHello.\n\nBUZZ\nAnd again.\n")[::2] == [
        ("character", "BUZZ"),
        ("character", "BUZZ"),
    ]


def test_a_name_with_a_mark_behind_it_is_the_name() -> None:
    assert people("BOB\nI do.\n\nBOB?\nDo you?\n\nBOB!\nYou do!\n\nBOB.\nGood.\n") == ["BOB"]
    assert people("BOB?\nMe?\n\nBOB waits.\n\nWHO ELSE?!\nI.\n") == ["BOB", "WHO ELSE"]


@pytest.mark.parametrize(
    "line",
    [
        "WELCOME TO:",
        "CUT TO:",
        "INT. KITCHEN - DAY",
        ".FORCED",
        "@BOB",
        "# Part",
        "= What happens",
        "> To the right",
        "> In the middle <",
        "~La la",
        "===",
        "OMITTED",
        "BOB",
    ],
)
@pytest.mark.parametrize("indent", ["", "  ", "\u200b"])
def test_an_exclamation_mark_beats_everything_after_it(line: str, indent: str) -> None:
    body = f"{indent}!{line}\n\nThe board lights.\n"
    assert kinds(body) == [("action", line), ("action", "The board lights.")]
    assert kinds(f"{indent}!{line}\nThe board lights.\n") == [
        ("action", f"{line}\nThe board lights.")
    ]


def test_the_line_below_a_cue_is_no_speech_where_it_is_forced_to_be_action() -> None:
    assert kinds("BOB\n!The board lights.\n") == [("action", "BOB\nThe board lights.")]


def test_the_case_of_a_forced_line_that_looks_like_a_transition() -> None:
    data = (CASES / "forced_action_transition.fountain").read_bytes()
    script = read_script(data, "a.fountain")
    assert [(e.kind, e.text) for e in script.elements] == [
        ("heading", "INT. SIGNAL BOX - DAY"),
        ("action", "A lamp."),
        ("action", "WELCOME TO:"),
        ("action", "The board lights."),
    ]


INVISIBLE = ["\u200b", "\ufeff", "\u200e", "\u200f", "\u2060", "\u00ad", "\u202a", "\u200d"]


@pytest.mark.parametrize("mark", INVISIBLE)
@pytest.mark.parametrize("place", ["before", "within", "behind", "on an empty line"])
@pytest.mark.parametrize("name", ["a.fountain", "a.txt"])
def test_what_nobody_sees_changes_nothing_that_is_recognised(
    mark: str, place: str, name: str
) -> None:
    lines = ["INT. ROOM - DAY", "", "BOB waits.", "", "BOB", "Here.", "", "CUT TO:", ""]
    plain = "\n".join(lines)
    put = {
        "before": lambda line: mark + line,
        "within": lambda line: line[:2] + mark + line[2:],
        "behind": lambda line: line + mark,
    }
    marked = [
        (put[place](line) if line else line) if place != "on an empty line" else (line or mark)
        for line in lines
    ]
    script = read_script("\n".join(marked).encode(), name)
    expected = read_script(plain.encode(), name)
    assert [e.kind for e in script.elements] == [e.kind for e in expected.elements]
    found, wanted = break_down(script), break_down(expected)
    assert [c.name for c in found.characters] == [c.name for c in wanted.characters] == ["BOB"]
    assert [(s.location, s.setting, s.time_of_day) for s in found.scenes] == [
        ("ROOM", "interior", "DAY")
    ]
    if place == "within":
        # The text itself is left as it stands.
        assert [e.text for e in script.elements] == [marked[0], marked[2], *marked[4:6], marked[7]]


def test_invisible_characters_in_final_draft_change_no_name() -> None:
    body = "".join(
        f'<Paragraph Type="{kind}"><Text>{text}</Text></Paragraph>'
        for kind, text in (
            ("Scene Heading", "INT.\u200b ROOM - DAY"),
            ("Character", "BO\u200bB"),
            ("Dialogue", "Here."),
            ("Character", "BOB\u200e"),
            ("Dialogue", "Again."),
        )
    )
    data = f"<FinalDraft><Content>{body}</Content></FinalDraft>".encode()
    breakdown = break_down(read_script(data, "a.fdx"))
    assert [c.name for c in breakdown.characters] == ["BOB"]
    assert breakdown.scenes[0].location == "ROOM"


@pytest.mark.parametrize(
    ("body", "taken"),
    [
        ("MARTHA!\nCome here.\n", "a cue"),
        ("THE DOOR OPENS.\nA man enters.\n", "action"),
        ("BANG!\nThe gun fires.\n", "action"),
        ("THE ONE WE NEVER TALK ABOUT AT ALL\nIn the shed.\n", "a cue"),
    ],
)
@pytest.mark.parametrize("name", ["a.fountain", "a.txt"])
def test_what_no_rule_can_settle_is_said(body: str, taken: str, name: str) -> None:
    text = f"INT. HALL - DAY\n\nA lamp.\n\n{body}"
    (problem,) = break_down(read_script(text.encode(), name)).problems
    assert (problem.code, problem.line) == ("script.cue_or_action", 5)
    assert f"taken for {taken}" in problem.message
    # What the hint says settles it.
    sign = problem.hint.split()[1]
    settled = text.replace(body, f"{sign}{body}")
    found = break_down(read_script(settled.encode(), "a.fountain"))
    assert found.problems == []
    name = body.split("\n")[0].rstrip("!?")
    assert [c.name for c in found.characters] == ([] if taken == "a cue" else [name])


def test_a_plain_cue_is_no_question() -> None:
    text = "INT. HALL - DAY\n\nMARTHA\nCome here.\n\nMARTHA!\nNow.\n\nBOB (V.O.):\nYes.\n"
    assert break_down(read_script(text.encode(), "a.fountain")).problems == []


@pytest.mark.parametrize(
    ("speech", "read"),
    [
        ("(softly) Stay.", [("parenthetical", "(softly)"), ("dialogue", "Stay.")]),
        (
            "(softly) Stay.\nGo (now).",
            [("parenthetical", "(softly)"), ("dialogue", "Stay.\nGo (now).")],
        ),
        (
            "(softly\nand low) Stay.",
            [("parenthetical", "(softly\nand low)"), ("dialogue", "Stay.")],
        ),
        ("(to (the) dog) Stay.", [("parenthetical", "(to (the) dog)"), ("dialogue", "Stay.")]),
        ("（低く）行け。", [("parenthetical", "（低く）"), ("dialogue", "行け。")]),
        (
            "(softly\nStay.\n(beat)\nGo.",
            [("dialogue", "(softly\nStay."), ("parenthetical", "(beat)"), ("dialogue", "Go.")],
        ),
        ("(555) 123 is the number.", [("dialogue", "(555) 123 is the number.")]),
    ],
)
def test_words_behind_an_aside_are_spoken(speech: str, read: list[tuple[str, str]]) -> None:
    assert kinds(f"TOM\n{speech}\n\nWind.\n")[1:-1] == read


def test_a_speech_that_begins_with_an_aside_in_its_line_is_in_the_film() -> None:
    text = b"INT. HALL - DAY\n\nTOM\n(softly) Stay where you are.\nAll of you (please).\n"
    shots = break_down(read_script(text, "a.fountain")).scenes[0].shots
    said = [shot.dialogue_content for shot in shots if shot.dialogue_content]
    assert said == ["TOM (softly): Stay where you are. All of you (please)."]


def test_brackets_that_are_never_closed_take_no_time() -> None:
    text = b"INT. HALL - DAY\n\nTOM\n" + b"(a(b(c(d(e(f(g(h\n" * 50_000
    script = read_script(text, "a.fountain")
    assert [element.kind for element in script.elements] == ["heading", "character", "dialogue"]


@pytest.mark.parametrize("cue", ["TOM (V.O.", "TOM (CONT'D", "TOM (O.S"])
def test_an_extension_may_have_lost_its_bracket(cue: str) -> None:
    assert kinds(f"{cue}\nStay.\n\nTOM\nGo.\n")[:2] == [("character", cue), ("dialogue", "Stay.")]
    assert people(f"{cue}\nStay.\n\nTOM\nGo.\n") == ["TOM"]


@pytest.mark.parametrize("dots", ["...", "…"])
def test_a_name_that_trails_off_speaks_where_something_says_so(dots: str) -> None:
    assert kinds(f"VOICE{dots}\nIs it you?\n")[0] == ("character", f"VOICE{dots}")
    assert people(f"TOM{dots}\nStay.\n\nTOM\nGo.\n") == ["TOM"]
    assert kinds(f"A LONG PAUSE{dots}\nThen a knock.\n")[0][0] == "action"
    script = read_script(f"INT. HALL - DAY\n\nTOM{dots}\nStay.\n".encode(), "a.fountain")
    assert [(doubt.text, doubt.taken) for doubt in script.doubts] == [(f"TOM{dots}", "action")]
