"""What in a script a person should look at before it becomes a film, with the lines where it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .model import Doubt, Element, Problem, Scene, Script

_NO_STORY = re.compile(
    r"(?:outline|summary|synopsis|note|cast list|scene characters|beat|header|footer)",
    re.IGNORECASE,
)


def find_problems(script: Script, scenes: list[Scene]) -> list[Problem]:
    """The problems of a script, by their lines."""
    found = [
        *_scenes(scenes),
        *_elements(script.elements),
        *_styles(script.elements),
        *(_doubt(doubt) for doubt in script.doubts if not doubt.settled),
    ]
    return sorted(found, key=lambda problem: (problem.line, problem.code))


def _scenes(scenes: list[Scene]) -> Iterator[Problem]:
    numbered: dict[str, Scene] = {}
    for scene in scenes:
        if scene.heading and not scene.location and not scene.omitted:
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


def _doubt(doubt: Doubt) -> Problem:
    """A line that no rule can settle, and the sign that settles it."""
    is_cue = doubt.taken == "cue"
    return Problem(
        code="script.cue_or_action",
        line=doubt.line,
        end_line=doubt.line,
        text=doubt.text,
        message=(
            f"This line could be {'a cue' if is_cue else 'action'} or "
            f"{'action' if is_cue else 'a cue'}; it was taken for "
            f"{'a cue, so the line below it is spoken' if is_cue else 'action'}."
        ),
        hint=(
            "Put ! before it to make it action."
            if is_cue
            else "Put @ before it to make the line below it speech."
        ),
        choices=(doubt.taken, doubt.other),
    )


def _styles(elements: tuple[Element, ...]) -> Iterator[Problem]:
    """Kinds of paragraphs that are in no list: their words are kept as notes, and make nothing."""
    found: dict[str, list[Element]] = {}
    for element in elements:
        if element.style and not _NO_STORY.match(element.style):
            found.setdefault(element.style, []).append(element)
    for style, named in found.items():
        count = "1 paragraph" if len(named) == 1 else f"{len(named)} paragraphs"
        yield Problem(
            code="script.unknown_paragraph",
            line=named[0].line,
            end_line=named[-1].end_line,
            text=named[0].text[:200],
            message=f"“{style[:60]}” is no kind of paragraph that tells a story: {count} of it "
            "became notes.",
            hint="Make them Action, or what else they are, in the writers' program.",
        )


def _unclosed(text: str) -> bool:
    return text.count("[[") > text.count("]]") or text.count("/*") > text.count("*/")
