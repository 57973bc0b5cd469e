"""What in a script a person should look at before it becomes a film, with the lines where it is."""

from __future__ import annotations

from collections.abc import Iterator

from .model import Element, Problem, Scene, Script


def find_problems(script: Script, scenes: list[Scene]) -> list[Problem]:
    """The problems of a script, by their lines."""
    found = [*_scenes(scenes), *_elements(script.elements)]
    return sorted(found, key=lambda problem: (problem.line, problem.code))


def _scenes(scenes: list[Scene]) -> Iterator[Problem]:
    numbered: dict[str, Scene] = {}
    for scene in scenes:
        if scene.heading and not scene.location:
            yield Problem(
                code="script.heading_without_place",
                line=scene.line,
                end_line=scene.line,
                text=scene.heading[:200],
                message="This heading names no place.",
                hint="Write where the scene plays: INT. KITCHEN - DAY.",
            )
        if not scene.number:
            continue
        first = numbered.setdefault(scene.number.upper(), scene)
        if first is not scene:
            yield Problem(
                code="script.number_twice",
                line=scene.line,
                end_line=scene.line,
                text=scene.heading[:200],
                message=f"Scene number {scene.number} is that of line {first.line} too.",
                hint="Scenes are then counted anew. Give each a number of its own to keep yours.",
            )


def _elements(elements: tuple[Element, ...]) -> Iterator[Problem]:
    following = (*elements[1:], None)
    for element, after in zip(elements, following, strict=True):
        if element.kind == "character" and (
            after is None or after.kind not in {"dialogue", "parenthetical", "lyrics", "note"}
        ):
            yield Problem(
                code="script.cue_without_speech",
                line=element.line,
                end_line=element.end_line,
                text=element.text[:200],
                message="This cue is followed by no speech, so nobody says anything here.",
                hint="Write the speech in the line below it, or the name as action.",
            )
        elif element.kind == "action" and _unclosed(element.text):
            yield Problem(
                code="script.note_not_closed",
                line=element.line,
                end_line=element.end_line,
                text=element.text[:200],
                message="A note or a boneyard begins here and never ends, so it is read as text.",
                hint="Close it: [[…]] in one paragraph, /* … */ across several.",
            )


def _unclosed(text: str) -> bool:
    return text.count("[[") > text.count("]]") or text.count("/*") > text.count("*/")
