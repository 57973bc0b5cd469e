"""Transitions as scripts write them: DISSOLVE TO: and its like, with the lengths usual for them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .markup import visible
from .model import Element, Join, JoinKind, Scene

DISSOLVE_SECONDS = 1.0
FADE_SECONDS = 1.0
WIPE_SECONDS = 1.0
PUSH_SECONDS = 0.5
WHIP_SECONDS = 0.25

_SLOW = re.compile(r"\b(?:SLOW|LONG|LANGSAME?|LENT|LENTO|LENTA)\b")
_QUICK = re.compile(r"\b(?:QUICK|FAST|SHORT|SCHNELLE?|RAPIDE|RÁPIDO|RÁPIDA|RAPIDA)\b")
_DIRECTION = re.compile(r"\b(LEFT|RIGHT|UP|DOWN|LINKS|RECHTS|GAUCHE|DROITE)\b")
_DIRECTIONS = {"LINKS": "left", "RECHTS": "right", "GAUCHE": "left", "DROITE": "right"}
_SHOWN = frozenset({"action", "character", "dialogue", "lyrics", "centered", "shot"})
# The first that is found decides: FADE TO BLACK before FADE TO, MATCH DISSOLVE before MATCH.
_KINDS: tuple[tuple[re.Pattern[str], JoinKind, float], ...] = (
    (re.compile(r"\bWHIP|\bSWISH"), "push", WHIP_SECONDS),
    (re.compile(r"\bWIPE|\bVOLET|\bCORTINILLA|\bTENDINA|\bWISCH"), "wipe", WIPE_SECONDS),
    (re.compile(r"\b(?:PUSH|SLIDE) (?:TO|LEFT|RIGHT|UP|DOWN)\b"), "push", PUSH_SECONDS),
    (
        re.compile(
            r"DISSOLVE|DISSOLVENZA|ÜBERBLEND|ENCHAÎN|ENCHAIN|ENCADENAD|CROSS[ -]?FAD|\bX-?FADE"
            r"|\bMORPH|ФУЗЕР|НАПЛЫВ"
        ),
        "dissolve",
        DISSOLVE_SECONDS,
    ),
    (
        re.compile(
            r"\bFAD(?:E|ES|ING) (?:IN|OUT|UP|DOWN)\b|\bFADE (?:TO|THROUGH|FROM|INTO) (?:A )?"
            r"(?:BLACK|WHITE|RED)|\bDIP TO|\bIRIS (?:IN|OUT)|AUFBLENDE|ABBLENDE|SCHWARZBLENDE"
            r"|WEI(?:SS|ẞ|ß)BLENDE|\bFONDU|\bFUNDIDO|\bЗТМ"
        ),
        "fade",
        FADE_SECONDS,
    ),
    (re.compile(r"\bFADE (?:TO|INTO)\b|\bFADE$"), "dissolve", DISSOLVE_SECONDS),
    (re.compile(r"\b(?:MATCH|SMASH|JUMP|HARD|FLASH|TIME|SHOCK)[ -](?:CUT|TO)\b"), "cut", 0.0),
    (re.compile(r"\b(?:CUT|SNAP|SMASH) TO (?:BLACK|WHITE)"), "cut", 0.0),
)
_BLACK_BEFORE = re.compile(r"\bFADE? (?:IN|UP)\b|\bFADE FROM|\bIRIS IN|AUFBLENDE|ИЗ ЗТМ")
# What is a transition also where a writers' program calls it action, and without a mark.
_ALONE = re.compile(
    r"(?:FADE (?:IN|OUT|UP|TO BLACK|TO WHITE|FROM BLACK)|CUT TO BLACK|CROSS[ -]?FADE|X-FADE"
    r"|(?:DISSOLVE|CUT|WIPE|FADE|MATCH CUT|SMASH CUT|JUMP CUT|MATCH DISSOLVE) TO)\s*[:.]?",
    re.IGNORECASE,
)


def is_written_alone(text: str) -> bool:
    """Whether a line is nothing but a transition, whatever it is called: FADE IN"""
    text = visible(text).strip()
    if len(text) > 24 or not _ALONE.fullmatch(text):
        return False
    # "Cut to" in small letters begins a sentence that goes on; with its mark it is one.
    return text.isupper() or text[-1] in ":."


def read_transition(text: str) -> Join | None:
    """What a written transition asks for; None for a plain cut, which is there without one."""
    words = " ".join(visible(text).upper().strip(" .:>").split())
    found = next((entry for entry in _KINDS if entry[0].search(words)), None)
    if found is None:
        return None
    _, kind, seconds = found
    if _SLOW.search(words):
        seconds *= 2
    elif _QUICK.search(words):
        seconds /= 2
    way = _DIRECTION.search(words) if kind in {"wipe", "push"} else None
    direction = _DIRECTIONS.get(way[1], way[1].lower()) if way else "left"
    return Join(
        kind=kind,
        seconds=seconds,
        direction=direction,  # type: ignore[arg-type]
        text=text.strip()[:200],
        opens=kind == "fade" and bool(_BLACK_BEFORE.search(words)),
    )


def place_joins(scene: Scene, elements: Iterable[Element], before: Iterable[Element]) -> None:
    """Give a scene the transitions among its elements, each after the shot that it follows.
    `before` are those that stand above its heading and belong to no scene."""
    found = [(element, read_transition(element.text), -1) for element in before]
    story = [element for element in elements if element.kind in _SHOWN | {"transition"}]
    shown = [index for index, element in enumerate(story) if element.kind in _SHOWN]
    for index, element in enumerate(story):
        if element.kind == "transition":
            join = read_transition(element.text)
            shots = sum(shot.line < element.line for shot in scene.shots)
            if not shown:
                # Nothing but the place is seen: FADE IN: begins it, all others leave it.
                shots = 0 if join is None or join.opens else len(scene.shots)
            elif index < shown[0]:
                shots = 0
            elif index > shown[-1]:
                shots = len(scene.shots)
            found.append((element, join, shots - 1))
    for element, join, after in found:
        if join is not None and element.kind == "transition":
            join.after, join.line = after, element.line
            there = next((one for one in scene.joins if one.after == after), None)
            if there is None:
                scene.joins.append(join)
            else:
                scene.joins[scene.joins.index(there)] = joined(there, join)


def joined(first: Join, second: Join) -> Join:
    """One transition of two that meet: FADE OUT. and FADE IN: are one through black."""
    if first.kind == second.kind == "fade" and second.opens and not first.opens:
        return Join(
            kind="fade",
            seconds=first.seconds + second.seconds,
            text=f"{first.text} {second.text}"[:200],
            after=first.after,
            line=first.line,
        )
    if first.kind == "cut":
        second.after, second.line = first.after, first.line
        return second
    return first


def between(scene: Scene | None, following: Scene | None) -> Join | None:
    """The transition from one scene to the next; None stands for what is before the first."""
    ends = at(scene, len(scene.shots) - 1) if scene and scene.shots else None
    begins = at(following, -1) if following else None
    if ends and begins:
        return joined(ends, begins)
    return ends or begins


def at(scene: Scene, after: int) -> Join | None:
    """The transition after a shot of a scene, or before the first one at -1."""
    return next((join for join in scene.joins if join.after == after), None)
