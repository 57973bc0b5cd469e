"""Plans hold what a target needs and no more, in order, with bases that change when they should."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from app.execution.plan import ActiveTake, Plan, PlanStep, compile_plan
from app.graph import Registry
from node_registry import DirectorError, RenderSettings

Make = Callable[..., Plan]


@pytest.fixture
def plan(sketch: Any, registry: Registry) -> Make:
    def make(*targets: str, **how: Any) -> Plan:
        return compile_plan(sketch.graph.snapshot(), registry, targets, **how)

    return make


def keys(plan: Plan) -> list[str]:
    return [step.key for step in plan.steps]


def bases(plan: Plan) -> dict[str, str]:
    return {step.key: step.basis for step in plan.steps}


def taken(plan: Plan, **how: Any) -> dict[Any, ActiveTake]:
    """Active takes made from exactly what the plan says, each with bytes of its own."""
    return {
        (step.node_id, step.iteration) if step.iteration else step.key: ActiveTake(
            basis=step.basis, output=f"{number:064x}", made_from=step.made_from, **how
        )
        for number, step in enumerate(plan.steps)
    }


def settle(make: Make, *targets: str) -> dict[Any, ActiveTake]:
    """Takes of a film that was made to the end: each basis is that of the inputs' takes."""
    takes: dict[Any, ActiveTake] = {}
    for _ in range(6):
        found = taken(make(*targets, takes=takes))
        if found == takes:
            return takes
        takes = found
    raise AssertionError("the takes never come to rest")


@pytest.mark.usefixtures("film")
def test_the_assembly_needs_all_shots_in_the_order_of_the_cut(plan: Make) -> None:
    made = plan("end")
    assert keys(made) == ["a", "b", "c", "end"]
    end = made.step("end")
    assert end is not None
    assert [ref.step for ref in end.inputs["shots"]] == ["a", "b", "c"]
    assert end.dependencies == ("a", "b", "c")
    assert end.part["cut"] == [
        ("shot", "01", "010"),
        ("transition", "dissolve", 12, "left"),
        ("shot", "01", "020"),
        ("shot", "02", "010"),
    ]
    assert end.label == "The lighthouse"
    assert [step.label for step in made.steps[:2]] == ["SCENE_01/SHOT_010", "SCENE_01/SHOT_020"]


@pytest.mark.usefixtures("film")
def test_a_scene_needs_its_shots_and_a_shot_itself(plan: Make) -> None:
    assert keys(plan("s1")) == ["a", "b"]
    assert keys(plan("c")) == ["c"]
    assert keys(plan("ina")) == []


@pytest.mark.usefixtures("film")
def test_an_edit_makes_only_its_own_shot_and_the_film_stale(plan: Make, sketch: Any) -> None:
    takes = settle(plan, "end")
    assert plan("end", takes=takes).to_run == []
    sketch.set("a", dialogue_content="INA: Again!")
    assert [step.key for step in plan("end", takes=takes).to_run] == ["a", "end"]


@pytest.mark.usefixtures("film")
def test_the_sequence_enters_no_basis_of_a_shot(plan: Make, sketch: Any) -> None:
    before = bases(plan("end"))
    sketch.graph.edges.clear()
    sketch.edge("ina.character > a.characters")
    sketch.edge("ina.character > b.characters")
    sketch.set("b", order="Zz")
    after = bases(plan("end"))
    assert {key: after[key] for key in "abc"} == {key: before[key] for key in "abc"}
    assert after["end"] != before["end"]


@pytest.mark.usefixtures("film")
@pytest.mark.parametrize(
    ("node", "params"),
    [
        ("a", {"seed": 7}),
        ("a", {"seed_locked": True}),
        ("a", {"quality": "high"}),
        ("a", {"version": 2}),
        ("a", {"active_take": "t"}),
        ("a", {"script": {"scene": "x"}}),
        ("a", {"camera_movement": "static"}),
        ("a", {"unheard_of": 1}),
        ("ina", {"script": {"character": "x"}}),
        ("s1", {"heading": "EXT. SEA"}),
    ],
)
def test_what_does_not_matter_changes_no_basis(
    plan: Make, sketch: Any, node: str, params: dict[str, Any]
) -> None:
    before = bases(plan("end"))
    sketch.set(node, **params)
    assert bases(plan("end")) == before


@pytest.mark.usefixtures("film")
@pytest.mark.parametrize(
    ("node", "params", "changed"),
    [
        ("a", {"prompt": "The sea at night."}, {"a", "end"}),
        ("a", {"duration_estimate": 5}, {"a", "end"}),
        ("ina", {"role": "captain"}, {"a", "b", "end"}),
        ("s1", {"code": "07"}, {"a", "b", "end"}),
        ("x", {"frames": 24}, {"end"}),
        ("end", {"loudness": -16}, {"end"}),
    ],
)
def test_what_matters_changes_what_hangs_on_it(
    plan: Make, sketch: Any, node: str, params: dict[str, Any], changed: set[str]
) -> None:
    before = bases(plan("end"))
    sketch.set(node, **params)
    after = bases(plan("end"))
    assert {key for key in after if after[key] != before[key]} == changed


@pytest.mark.usefixtures("film")
def test_the_format_of_the_film_matters(plan: Make) -> None:
    before = bases(plan("end"))
    for settings, changed in (
        (RenderSettings(width=1280, height=720), set("abc") | {"end"}),
        (RenderSettings(rate="24000/1001"), set("abc") | {"end"}),
        (RenderSettings(sample_rate=44100), {"end"}),
    ):
        after = bases(plan("end", settings=settings))
        assert {key for key in after if after[key] != before[key]} == changed


@pytest.mark.usefixtures("sketch")
def test_media_count_by_their_bytes(plan: Make, sketch: Any, media: Any) -> None:
    sketch.node("ina", "character", name="Ina", face_image=media("a", name="one.png"))
    sketch.node("still", "image_import", media=media("c"))
    sketch.node("shot", "shot", code="010")
    sketch.edge("ina.character > shot.characters")
    sketch.edge("still.image > shot.image")
    (before,) = plan("shot").steps
    assert before.inputs["image"][0].media == media("c")
    assert before.inputs["image"][0].digest == "c" * 64
    sketch.set("ina", face_image=media("a", name="renamed.png"))
    assert bases(plan("shot"))["shot"] == before.basis
    sketch.set("ina", face_image=media("b", name="one.png"))
    assert bases(plan("shot"))["shot"] != before.basis


def test_a_media_input_counts_by_the_output_of_its_active_take(plan: Make, sketch: Any) -> None:
    sketch.node("shot", "shot", code="010")
    sketch.node("big", "upscale")
    sketch.edge("shot.video > big.video")
    first = plan("big")
    assert keys(first) == ["shot", "big"]
    shot, big = first.steps
    assert big.inputs["video"][0].digest == shot.basis
    takes = {"shot": ActiveTake(basis=shot.basis, output="0" * 64)}
    later = plan("big", takes=takes).steps[1]
    assert later.inputs["video"][0].digest == "0" * 64
    assert later.basis != big.basis
    # What the dispatcher computes when the input has run is what the planner says afterwards,
    # also after a journey through the database.
    journeyed = msgspec.json.decode(msgspec.json.encode(big), type=PlanStep)
    assert journeyed.basis_when({"shot": "0" * 64}) == later.basis
    assert journeyed.basis_when({}) == big.basis
    assert big.made_from_when({"shot": "0" * 64}) == later.made_from


def test_the_strength_of_an_edge_matters(plan: Make, sketch: Any) -> None:
    sketch.node("ina", "character", name="Ina")
    sketch.node("shot", "shot")
    sketch.edge("ina.character > shot.characters")
    whole = bases(plan("shot"))
    sketch.graph.edges.clear()
    sketch.edge("ina.character > shot.characters", strength=0.5)
    made = plan("shot")
    assert bases(made) != whole
    assert made.steps[0].inputs["characters"][0].strength == 0.5


def test_the_order_of_a_many_input_matters(plan: Make, sketch: Any) -> None:
    sketch.node("one", "shot", code="010")
    sketch.node("two", "shot", code="020")
    sketch.node("mix", "composite")
    sketch.edge("one.video > mix.layers", order="a0")
    sketch.edge("two.video > mix.layers", order="a1")
    before = bases(plan("mix"))["mix"]
    sketch.graph.edges.clear()
    sketch.edge("one.video > mix.layers", order="a2")
    sketch.edge("two.video > mix.layers", order="a1")
    assert bases(plan("mix"))["mix"] != before


def test_values_are_converted_and_media_get_a_step(plan: Make, sketch: Any, media: Any) -> None:
    sketch.node("ina", "character", name="Ina", reference_images=[media("a"), media("b")])
    sketch.node("five", "metadata", number=5)
    sketch.node("shot", "shot", code="010")
    sketch.node("big", "upscale")
    sketch.edge("five.number > shot.prompt")
    sketch.edge("ina.images > big.video")
    made = plan("shot", "big")
    shot, strip, big = made.steps
    assert shot.inputs["prompt"][0].value == "5"
    assert (strip.kind, strip.node_type) == ("convert", "media.image_sequence")
    assert [ref.media for ref in strip.inputs["array"]] == [media("a"), media("b")]
    assert big.dependencies == (strip.key,)


def test_two_that_need_one_conversion_share_it(plan: Make, sketch: Any, media: Any) -> None:
    sketch.node("still", "image_import", media=media("c"))
    sketch.node("one", "upscale")
    sketch.node("two", "upscale", factor=4)
    sketch.edge("still.image > one.video")
    sketch.edge("still.image > two.video")
    kinds = [step.kind for step in plan("one", "two").steps]
    assert kinds == ["convert", "task", "task"]


def test_only_the_chosen_branch_is_planned(plan: Make, sketch: Any) -> None:
    sketch.node("night", "metadata", boolean=True)
    sketch.node("which", "conditional")
    sketch.node("one", "shot", code="010")
    sketch.node("two", "shot", code="020")
    sketch.node("big", "upscale")
    for path in ("night.boolean > which.condition", "one.video > which.if_true",
                 "two.video > which.if_false", "which.result > big.video"):  # fmt: skip
        sketch.edge(path)
    assert keys(plan("big")) == ["one", "big"]
    assert keys(plan("which")) == ["one"]
    sketch.set("night", boolean=False)
    assert keys(plan("big")) == ["two", "big"]


def test_a_fault_on_the_branch_not_taken_does_not_matter(plan: Make, sketch: Any) -> None:
    sketch.node("which", "conditional", condition=False)
    sketch.node("broken", "upscale")
    sketch.node("two", "shot", code="020")
    sketch.node("big", "upscale")
    for path in ("broken.video > which.if_true", "two.video > which.if_false",
                 "which.result > big.video"):  # fmt: skip
        sketch.edge(path)
    assert keys(plan("big")) == ["two", "big"]
    sketch.set("which", condition=True)
    with pytest.raises(DirectorError, match="needs something at its input Video") as caught:
        plan("big")
    assert caught.value.code == "plan.input_missing"


def test_a_loop_repeats_what_follows_and_a_many_input_gathers(plan: Make, sketch: Any) -> None:
    sketch.node("times", "loop", count=3)
    sketch.node("shot", "shot", code="010")
    sketch.node("big", "upscale")
    sketch.node("mix", "composite")
    sketch.edge("times.index > shot.prompt")
    sketch.edge("shot.video > big.video")
    sketch.edge("big.video > mix.layers")
    made = plan("mix")
    assert keys(made) == [
        "shot#0", "shot#1", "shot#2", "big#0", "big#1", "big#2", "mix"
    ]  # fmt: skip
    assert [s.inputs["prompt"][0].value for s in made.steps[:3]] == ["0", "1", "2"]
    assert made.steps[-1].dependencies == ("big#0", "big#1", "big#2")
    assert made.steps[4].dependencies == ("shot#1",)
    assert len(set(bases(made).values())) == 7
    takes = settle(plan, "mix")
    assert plan("mix", takes=takes).to_run == []


def test_the_iteration_is_part_of_the_basis(plan: Make, sketch: Any) -> None:
    """Runs that see nothing of the index are still runs of their own."""
    sketch.node("times", "loop", count=2)
    sketch.node("shot", "shot", code="010")
    sketch.node("night", "conditional")
    sketch.edge("times.count > shot.prompt")
    first, second = plan("shot").steps
    assert first.inputs == second.inputs
    assert first.basis != second.basis
    assert (first.iteration, second.iteration) == ((0,), (1,))


def test_loops_nest_and_the_inner_count_may_depend_on_the_outer(plan: Make, sketch: Any) -> None:
    sketch.node("outer", "loop", count=3)
    sketch.node("inner", "loop")
    sketch.node("shot", "shot", code="010")
    sketch.node("mix", "composite")
    sketch.edge("outer.index > inner.count")
    sketch.edge("inner.index > shot.prompt")
    sketch.edge("shot.video > mix.layers")
    made = plan("mix")
    assert keys(made) == ["shot#1.0", "shot#2.0", "shot#2.1", "mix"]
    assert made.steps[-1].dependencies == ("shot#1.0", "shot#2.0", "shot#2.1")


def test_two_loops_side_by_side_multiply(plan: Make, sketch: Any) -> None:
    sketch.node("l1", "loop", count=2)
    sketch.node("l2", "loop", count=2)
    sketch.node("shot", "image_generation")
    sketch.node("big", "shot")
    sketch.edge("l1.index > shot.prompt")
    sketch.edge("shot.image > big.image")
    sketch.edge("l2.index > big.prompt")
    made = [key for key in keys(plan("big")) if key.startswith("big")]
    assert made == ["big#0.0", "big#0.1", "big#1.0", "big#1.1"]


def test_a_loop_of_none_leaves_nothing(plan: Make, sketch: Any) -> None:
    sketch.node("times", "loop", count=0)
    sketch.node("shot", "shot")
    sketch.edge("times.index > shot.prompt")
    assert keys(plan("shot")) == []


@pytest.mark.usefixtures("film")
def test_current_depends_on_tier_seed_and_force(plan: Make, sketch: Any) -> None:
    (step,) = plan("a").steps
    takes = taken(plan("a"), tier="low", seed=1)
    assert plan("a", takes=takes, tier="low").to_run == []
    assert plan("a", takes=takes, tier="high").steps[0].current is False
    assert plan("a", takes=takes, tier="low", force={"a"}).steps[0].current is False
    sketch.set("a", seed=2)
    assert plan("a", takes=takes, tier="low").steps[0].current is True
    sketch.set("a", seed=2, seed_locked=True)
    locked = plan("a", takes=takes, tier="low").steps[0]
    assert (locked.current, locked.seed, locked.basis) == (False, 2, step.basis)


def test_what_hangs_on_a_step_that_runs_is_not_current(plan: Make, sketch: Any) -> None:
    sketch.node("shot", "shot", code="010")
    sketch.node("big", "upscale")
    sketch.edge("shot.video > big.video")
    takes = settle(plan, "big")
    sketch.set("shot", prompt="Another sea.")
    assert [s.current for s in plan("big", takes=takes).steps] == [False, False]
    kept = plan("big", takes=takes, refresh=False)
    assert [s.current for s in kept.steps] == [True, True]


@pytest.mark.parametrize(
    ("code", "build"),
    [
        ("plan.node_missing", lambda s: None),
        ("plan.unknown_type", lambda s: s.node("t", "hologram")),
        ("plan.empty_film", lambda s: s.node("t", "assembly")),
        ("plan.input_missing", lambda s: s.node("t", "upscale")),
        ("plan.input_missing", lambda s: s.node("t", "transition")),
        (
            "plan.not_known_yet",
            lambda s: (
                s.node("shot", "shot", code="010"),
                s.node("end", "assembly"),
                s.node("t", "loop"),
                s.edge("end.timeline > t.count"),
            ),
        ),
        (
            "plan.cannot_convert",
            lambda s: (
                s.node("word", "metadata", text="many"),
                s.node("t", "loop"),
                s.edge("word.text > t.count"),
            ),
        ),
        (
            "plan.too_many_runs",
            lambda s: (
                s.node("l1", "loop", count=10_000),
                s.node("l2", "loop", count=10_000),
                s.node("i", "image_generation"),
                s.node("t", "shot"),
                s.edge("l1.index > i.prompt"),
                s.edge("i.image > t.image"),
                s.edge("l2.index > t.prompt"),
            ),
        ),
        (
            "plan.cycle",
            lambda s: (
                s.node("t", "upscale"),
                s.node("u", "upscale"),
                s.edge("t.video > u.video"),
                s.edge("u.video > t.video"),
            ),
        ),
        (
            "plan.cycle",
            lambda s: (
                s.node("t", "assembly"),
                s.node("p", "composite"),
                s.node("shot", "shot", code="010"),
                s.edge("t.film > shot.control"),
            ),
        ),
    ],
)
def test_what_cannot_be_planned_says_why(
    code: str, build: Callable[[Any], Any], plan: Make, sketch: Any
) -> None:
    build(sketch)
    with pytest.raises(DirectorError) as caught:
        plan("t")
    assert caught.value.code == code
    assert caught.value.message.endswith(".")


@pytest.mark.usefixtures("film")
def test_a_tolerant_plan_leaves_out_what_is_broken_and_names_it(plan: Make, sketch: Any) -> None:
    sketch.node("bad", "upscale")
    sketch.node("on", "upscale")
    sketch.edge("bad.video > on.video")
    made = plan("bad", "on", "c", tolerant=True)
    assert keys(made) == ["c"]
    assert set(made.errors) == {"bad", "on"}


@pytest.mark.usefixtures("film")
def test_what_nothing_can_run_is_refused_unless_it_need_not_run(plan: Make) -> None:
    def nothing(node_type: str) -> str:
        return f"Nothing here makes {node_type}."

    with pytest.raises(DirectorError, match="SCENE_01/SHOT_010: Nothing here makes") as caught:
        plan("end", availability=nothing)
    assert caught.value.code == "plan.unavailable"
    takes = settle(plan, "end")
    assert plan("end", takes=takes, availability=nothing).to_run == []


def test_a_plan_is_the_same_whatever_order_the_graph_was_made_in(
    film: Any, registry: Registry
) -> None:
    graph = film.graph
    there = compile_plan(graph.snapshot(), registry, ["end"])
    graph.nodes = dict(reversed(graph.nodes.items()))
    graph.edges = dict(reversed(graph.edges.items()))
    back = compile_plan(graph.snapshot(), registry, ["end"])
    assert bases(there) == bases(back)


def test_a_long_chain_needs_no_deep_stack(plan: Make, sketch: Any) -> None:
    sketch.node("n0", "shot")
    for number in range(1, 3000):
        sketch.node(f"n{number}", "upscale")
        sketch.edge(f"n{number - 1}.video > n{number}.video")
    assert len(plan("n2999").steps) == 3000
