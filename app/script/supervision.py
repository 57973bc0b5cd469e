"""What a script supervisor would object to in a breakdown, as rules that are checked on every one.

`director breakdown --check` prints what they find. The rules read the shots as they are written, so
that they also hold for shots that people changed.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import msgspec
from node_registry.film import read_sides

from .model import Breakdown, Scene, Shot

FASTEST = 6.0
"""Words a second that nobody speaks; people speak two to four."""

_NEAR = {"medium", "medium_close", "close_up", "extreme_close_up", "over_the_shoulder"}
_WHOLE = {"establishing", "extreme_wide", "wide", "full", "medium_wide", "pov"}


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """One objection: to which shots of which scene, and why. `code` is for programs, `line` the
    line of the script that the shot was made from."""

    code: str
    scene: str
    shots: list[str]
    line: int
    message: str


def supervise(breakdown: Breakdown) -> list[Remark]:
    """All objections, in the order of the film."""
    return [
        remark
        for scene in breakdown.scenes
        if not scene.omitted
        for rule in RULES
        for remark in rule(scene)
    ]


def _sides_kept(scene: Scene) -> Iterator[Remark]:
    """The camera stays at one side of the line between two people who talk."""
    sides: dict[tuple[str, str], tuple[int, Shot]] = {}
    for shot in scene.shots:
        people = shot.characters_in_frame[:2]
        found = read_sides(shot.composition_notes, people)
        crossed = False
        for name, other in itertools.permutations(people, 2):
            if name not in found:
                continue
            before = sides.get((name, other))
            sides[name, other] = (found[name], shot)
            if before is not None and before[0] != found[name] and not crossed:
                crossed = True
                yield _remark(
                    "line_crossed",
                    scene,
                    [before[1], shot],
                    f"{name} changes sides beside {other}: the camera crosses the line between "
                    "them.",
                )


def _looks_meet(scene: Scene) -> Iterator[Remark]:
    """Two who talk, seen alone one after the other, look in opposite directions."""
    for before, shot in itertools.pairwise(scene.shots):
        if not (_alone(before) and _alone(shot) and before.dialogue_content):
            continue
        one, other = before.characters_in_frame[0], shot.characters_in_frame[0]
        if one == other or not (shot.dialogue_content or _is_reaction(shot, one)):
            continue
        side = read_sides(before.composition_notes, [one]).get(one)
        if side and side == read_sides(shot.composition_notes, [other]).get(other):
            yield _remark(
                "looks_do_not_meet",
                scene,
                [before, shot],
                f"{one} and {other} look in the same direction, as if neither saw the other.",
            )


def _pictures_differ(scene: Scene) -> Iterator[Remark]:
    """No cut to the picture that is there already."""
    for before, shot in itertools.pairwise(scene.shots):
        people = shot.characters_in_frame
        if people and before.characters_in_frame == people and before.shot_type == shot.shot_type:
            yield _remark(
                "same_picture",
                scene,
                [before, shot],
                f"Two shots of {_names(people)} in a row are of the same size: the cut jumps.",
            )


def _speakers_are_seen(scene: Scene) -> Iterator[Remark]:
    """Who speaks in a place is seen there at least once."""
    seen = {name for shot in scene.shots for name in shot.characters_in_frame}
    told: set[str] = set()
    for shot in scene.shots:
        for line in shot.dialogue_content.splitlines():
            cue = line.split(":", 1)[0]
            name = cue.split("(", 1)[0].strip()
            away = "(" in cue or name not in scene.characters
            if name and not away and name not in seen and name not in told:
                told.add(name)
                yield _remark(
                    "speaker_not_seen", scene, [shot], f"{name} speaks here and is never seen."
                )


def _place_is_shown(scene: Scene) -> Iterator[Remark]:
    """A scene begins with where it is, unless it has no place."""
    if scene.heading and scene.shots and all(s.shot_type in _NEAR for s in scene.shots[:3]):
        yield _remark(
            "place_not_shown",
            scene,
            scene.shots[:1],
            "The first three shots are near: nobody sees where the scene is.",
        )


def _lines_have_time(scene: Scene) -> Iterator[Remark]:
    """A line can be spoken in the time of its shot."""
    for shot in scene.shots:
        spoken = [line.split(":", 1)[-1] for line in shot.dialogue_content.splitlines()]
        words = sum(len(line.split()) for line in spoken)
        if words > FASTEST * shot.duration_estimate:
            yield _remark(
                "line_too_long",
                scene,
                [shot],
                f"{words} words in {shot.duration_estimate:g} seconds: nobody speaks so fast.",
            )


def _people_are_there(scene: Scene) -> Iterator[Remark]:
    """Nobody is in the picture who is not in the scene."""
    for shot in scene.shots:
        strange = [name for name in shot.characters_in_frame if name not in scene.characters]
        if strange:
            yield _remark(
                "not_in_scene", scene, [shot], f"{_names(strange)} is seen, and not in the scene."
            )


RULES: tuple[Callable[[Scene], Iterator[Remark]], ...] = (
    _place_is_shown,
    _sides_kept,
    _looks_meet,
    _pictures_differ,
    _speakers_are_seen,
    _people_are_there,
    _lines_have_time,
)


def _alone(shot: Shot) -> bool:
    return len(shot.characters_in_frame) == 1 and shot.shot_type not in _WHOLE


def _is_reaction(shot: Shot, speaker: str) -> bool:
    return speaker in shot.prompt


def _names(people: list[str]) -> str:
    return " and ".join(people[:2]) + (" and others" if len(people) > 2 else "")


def _remark(code: str, scene: Scene, shots: list[Shot], message: str) -> Remark:
    return Remark(
        code=f"continuity.{code}",
        scene=scene.code,
        shots=[shot.code for shot in shots],
        line=shots[-1].line,
        message=message,
    )
