"""A script that changed: keys and codes of all that did not, and nothing renumbered."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.script import Breakdown, break_down, codes, read_script
from app.script.alignment import align, known

LIGHTHOUSE = (Path(__file__).parents[2] / "examples/scripts/lighthouse.fountain").read_text("utf-8")
SPEECHES = [
    "INA\nWhere else would I be?",
    "TOM (V.O.)\n(softly)\nGreen.",
    "TOM\nThe old lady is on the radio.",
    "VIK\nIt is not stuck.",
    "INA\nThen you have a minute to be slow in.",
]
WORDS = st.sampled_from(
    [
        "salt",
        "lamp",
        "tide",
        "bell",
        "rope",
        "gull",
        "oil",
        "brass",
        "fog",
        "stair",
        "coat",
        "tea",
        "net",
    ]
)


def breakdown_of(text: str) -> Breakdown:
    return break_down(read_script(text.encode(), "a.fountain"))


def tied(text: str, old: Breakdown) -> Breakdown:
    found = breakdown_of(text)
    align(known(old), found)
    return found


def by_key(found: Breakdown) -> dict[str, dict[str, str]]:
    return {s.key: {x.key: x.prompt + x.dialogue_content for x in s.shots} for s in found.scenes}


def check_codes(found: Breakdown, *, rising: bool = True) -> None:
    for group in (
        [s.code for s in found.scenes],
        *([x.code for x in s.shots] for s in found.scenes),
    ):
        assert len(set(group)) == len(group)
        assert all(code.isalnum() and len(code) <= 16 for code in group)
        if rising:
            assert group == sorted(group, key=codes.order)


def test_the_same_script_keeps_everything() -> None:
    old = breakdown_of(LIGHTHOUSE)
    assert known(tied(LIGHTHOUSE, old)) == known(old)


def test_codes_of_what_is_put_in() -> None:
    old = breakdown_of(LIGHTHOUSE)
    at = LIGHTHOUSE.index("INT. HARBOUR OFFICE")
    two = "EXT. ROOF - NIGHT\n\nA gull sleeps.\n\nINT. ATTIC - NIGHT\n\nDust. A mouse.\n\n"
    found = tied(LIGHTHOUSE[:at] + two + LIGHTHOUSE[at:], old)
    assert [s.code for s in found.scenes] == [
        "01",
        "02",
        "03",
        "03A",
        "03B",
        "04",
        "05",
        "06",
        "07",
        "08",
    ]
    first = LIGHTHOUSE.index("EXT. SKERRY")
    found = tied(LIGHTHOUSE[:first] + two + LIGHTHOUSE[first:], old)
    assert [s.code for s in found.scenes][:3] == ["00A", "00B", "01"]
    found = tied(LIGHTHOUSE + "\n\n" + two, old)
    assert [s.code for s in found.scenes][-3:] == ["08", "09", "10"]
    stuck = LIGHTHOUSE.replace("It is not stuck.", "It is not stuck.\n\nTOM\nVery stuck.")
    shots = tied(stuck, old).scenes[6].shots
    assert [x.code for x in shots] == [
        "010",
        "020",
        "030",
        "040",
        "050",
        "055",
        "060",
        "070",
        "080",
    ]


def test_a_removed_last_scene_gives_its_code_to_nobody() -> None:
    old = breakdown_of(LIGHTHOUSE)
    cut = LIGHTHOUSE.index("EXT. SKERRY - DAWN")
    found = tied(LIGHTHOUSE[:cut] + "INT. TRAIN - DAY\n\nTom sleeps.\n", old)
    assert found.scenes[-1].code == "09"


def test_a_moved_scene_keeps_key_and_code() -> None:
    old = breakdown_of(LIGHTHOUSE)
    start, end = (
        LIGHTHOUSE.index("EXT. SEA"),
        LIGHTHOUSE.index("INT. LIGHTHOUSE - LAMP ROOM - NIGHT\n\nIna runs"),
    )
    sea = LIGHTHOUSE[start:end]
    moved = LIGHTHOUSE[:start] + LIGHTHOUSE[end:]
    at = moved.index("INT. LIGHTHOUSE - STAIRS")
    found = tied(moved[:at] + sea + moved[at:], old)
    assert [s.code for s in found.scenes] == ["01", "05", "02", "03", "04", "06", "07", "08"]
    assert by_key(found) == by_key(old)


def test_a_rewritten_scene_under_the_same_heading_is_the_same_scene() -> None:
    old = breakdown_of(LIGHTHOUSE)
    start = LIGHTHOUSE.index("A fishing boat, no bigger")
    end = LIGHTHOUSE.index("INT. LIGHTHOUSE - LAMP ROOM - NIGHT\n\nIna runs")
    found = tied(LIGHTHOUSE[:start] + "Nothing at all. Only stars.\n\n" + LIGHTHOUSE[end:], old)
    assert [s.key for s in found.scenes] == [s.key for s in old.scenes]


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(SPEECHES), st.lists(WORDS, min_size=1, max_size=12))
def test_one_altered_speech_touches_one_shot(speech: str, words: list[str]) -> None:
    old = breakdown_of(LIGHTHOUSE)
    cue = speech.rsplit("\n", 1)[0]
    found = tied(LIGHTHOUSE.replace(speech, f"{cue}\n{' '.join(words)}."), old)
    before, after = by_key(old), by_key(found)
    assert list(before) == list(after)
    assert [list(shots) for shots in before.values()] == [list(shots) for shots in after.values()]
    differ = [(s, x) for s in before for x in before[s] if before[s][x] != after[s][x]]
    assert len(differ) == 1
    same = {x.key: x for s in old.scenes for x in s.shots}
    for scene in found.scenes:
        for shot in scene.shots:
            if (scene.key, shot.key) not in differ:
                shot.line, shot.end_line = same[shot.key].line, same[shot.key].end_line
                assert shot == same[shot.key]


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(SPEECHES), st.lists(WORDS, min_size=3, max_size=8), st.booleans())
def test_a_speech_put_in_or_taken_out_touches_only_its_scene(
    speech: str, words: list[str], out: bool
) -> None:
    old = breakdown_of(LIGHTHOUSE)
    new = "" if out else f"{speech}\n\nVIK\n{' '.join(words)}."
    found = tied(LIGHTHOUSE.replace(speech, new), old)
    check_codes(found)
    before, after = by_key(old), by_key(found)
    assert list(before) == list(after)
    assert sum(before[key] != after[key] for key in before) == 1
    for key in before:
        kept = set(before[key]) & set(after[key])
        assert len(kept) >= len(before[key]) - 1


BLOCK = st.lists(
    st.tuples(st.sampled_from(["ANNA", "BEN"]), st.lists(WORDS, min_size=1, max_size=6)),
    min_size=1,
    max_size=4,
)
SCRIPTS = st.lists(st.tuples(WORDS, BLOCK), min_size=1, max_size=7)


def written(scenes: list[tuple[str, list[tuple[str, list[str]]]]]) -> str:
    return "\n".join(
        f"INT. {place.upper()} ROOM - DAY\n\n"
        + "\n".join(f"{name}\n{' '.join(words)}.\n" for name, words in block)
        for place, block in scenes
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(SCRIPTS, min_size=2, max_size=5))
def test_whatever_is_imported_after_whatever(scripts) -> None:
    old = breakdown_of(written(scripts[0]))
    for scenes in scripts[1:]:
        found = tied(written(scenes), old)
        check_codes(found, rising=False)
        assert len({s.key for s in found.scenes}) == len(found.scenes)
        codes_before = {s.key: s.code for s in old.scenes}
        for scene in found.scenes:
            assert codes_before.get(scene.key, scene.code) == scene.code
        assert known(tied(written(scenes), found)) == known(found)
        old = found


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=14), st.booleans())
def test_there_is_always_a_code_in_between(places: list[int], scenes: bool) -> None:
    insert = codes.insert_scenes if scenes else codes.insert_shots
    line = codes.first_scenes(2) if scenes else codes.first_shots(2)
    for place in places:
        at = place % (len(line) + 1)
        low = line[at - 1] if at else ""
        high = line[at] if at < len(line) else ""
        line[at:at] = insert(low, high, 1 + place % 3, set(line))
        assert len(set(line)) == len(line)
        assert line == sorted(line, key=codes.order)
