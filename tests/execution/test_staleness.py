"""Stale takes are named with the reason, in a sentence that a person understands."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from app.execution.plan import ActiveTake, Plan, compile_plan, explain, stale
from app.graph import Registry
from node_registry import RenderSettings


class Studio:
    """Makes takes of everything, and says what is stale after a change."""

    def __init__(self, sketch: Any, registry: Registry) -> None:
        self.sketch = sketch
        self.registry = registry
        self.takes: dict[Any, ActiveTake] = {}

    def plan(self, **how: Any) -> Plan:
        tasks = [n.id for n in self.sketch.graph.nodes.values() if n.type != "film.transition"]
        graph = self.sketch.graph.snapshot()
        return compile_plan(graph, self.registry, tasks, takes=self.takes, tolerant=True, **how)

    def make(self) -> None:
        for _ in range(4):
            for number, step in enumerate(self.plan().steps):
                # What a take was made from goes through the database.
                made_from = msgspec.json.decode(msgspec.json.encode(step.made_from))
                self.takes[step.key] = ActiveTake(
                    basis=step.basis, output=f"{number:064x}", made_from=made_from
                )

    def stale(self, **how: Any) -> dict[str, list[str]]:
        found = stale(self.plan(**how))
        return {node: [reason.sentence for reason in reasons] for node, reasons in found.items()}


@pytest.fixture
def studio(film: Any, registry: Registry) -> Studio:
    film.set("ina", face_image={"digest": "a" * 64, "size": 1, "media_type": "image/png"})
    made = Studio(film, registry)
    made.make()
    return made


def test_nothing_is_stale_after_all_was_made(studio: Studio) -> None:
    assert studio.stale() == {}


def test_dialogue(studio: Studio) -> None:
    studio.sketch.set("a", dialogue_content="INA: Again.")
    assert studio.stale() == {
        "a": ["Its dialogue changed."],
        "end": ["Its input SCENE_01/SHOT_010 is stale."],
    }


def test_voices_change_the_shots_in_which_somebody_speaks(studio: Studio) -> None:
    studio.sketch.set("a", dialogue_content="INA: Again.")
    studio.make()
    studio.sketch.set("end", voices=True)
    found = studio.stale()
    assert found["a"] == ["Its spoken lines changed."]
    assert set(found) == {"a", "end"}
    step = studio.plan().step("a")
    assert step is not None
    assert step.params["voices"] == {"language": ""}
    studio.make()
    studio.sketch.set("end", voice_language="de")
    assert studio.stale()["a"] == ["Its spoken lines changed."]


def test_a_face(studio: Studio) -> None:
    studio.sketch.set("ina", face_image={"digest": "b" * 64, "size": 1, "media_type": "image/png"})
    found = studio.stale()
    assert found["a"] == found["b"] == ["Ina's face image changed."]
    assert "c" not in found


def test_the_format(studio: Studio) -> None:
    found = studio.stale(settings=RenderSettings(width=1280, height=720, rate="25"))
    assert found["c"] == [
        "The film's resolution changed from 1920×1080 to 1280×720.",
        "The film's frame rate changed from 24 to 25.",
    ]


def test_a_new_take_of_an_input(studio: Studio) -> None:
    studio.takes["a"] = msgspec.structs.replace(studio.takes["a"], output="f" * 64)
    assert studio.stale() == {"end": ["Its input SHOT_010 has a new take."]}


def test_a_new_number(studio: Studio) -> None:
    studio.sketch.set("c", code="015")
    found = studio.stale()
    assert found["c"] == ["It was called SCENE_02/SHOT_010 and is called SCENE_02/SHOT_015 now."]
    assert found["end"][0] == "Shots in it are called otherwise now."


def test_connections(studio: Studio) -> None:
    edges = studio.sketch.graph.edges
    edges.pop(next(e.id for e in edges.values() if e.target == "a" and e.source == "ina"))
    studio.sketch.node("tom", "character", name="Tom")
    studio.sketch.edge("tom.character > b.characters", strength=0.5)
    found = studio.stale()
    assert found["a"] == ["Ina was disconnected."]
    assert found["b"] == ["Tom was connected to its characters."]


def test_the_cut(studio: Studio) -> None:
    studio.sketch.node("d", "shot", "s2", code="020", order="a5")
    studio.sketch.set("x", frames=24)
    found = studio.stale()
    assert found == {"end": ["SHOT_020 was added.", "Its transitions changed."]}
    studio.sketch.graph.nodes.pop("d")
    studio.sketch.set("x", frames=12)
    studio.sketch.graph.nodes.pop("c")
    assert studio.stale() == {"end": ["SHOT_010 was taken out."]}


def test_strength_and_order() -> None:
    def entry(node: str, strength: float = 1.0) -> dict[str, Any]:
        return {"node": node, "label": node, "strength": strength, "digest": node, "made": True}

    def made(*layers: dict[str, Any]) -> dict[str, Any]:
        return {"type": "t", "params": {}, "inputs": {"layers": list(layers)}}

    assert explain(made(entry("a"), entry("b")), made(entry("b"), entry("a"))) == [
        "The order of its layers changed."
    ]
    assert explain(made(entry("a")), made(entry("a", 0.5))) == [
        "The strength of a changed from 1.0 to 0.5."
    ]
    assert explain({}, made(entry("a"))) == []


def test_what_lies_behind_a_node_without_a_take_is_passed_on(studio: Studio) -> None:
    studio.sketch.node("big", "upscale")
    studio.sketch.node("bigger", "upscale")
    studio.sketch.edge("a.video > big.video")
    studio.sketch.edge("big.video > bigger.video")
    studio.make()
    del studio.takes["big"]
    studio.sketch.set("a", prompt="A calm sea.")
    assert "Its input big is stale." not in studio.stale().get("a", [])
    assert "Its input upscale is stale." in studio.stale()["bigger"]
