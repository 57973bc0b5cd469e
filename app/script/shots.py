"""Beats become shots: who is in the frame, how it is framed, and enough shots for each scene."""

from __future__ import annotations

import itertools
import re
from collections import Counter

import msgspec

from . import framing, page_timing, segmentation, sounds, wording
from .beats import Beat
from .model import Shot
from .people import Cast

SUMMARY_LENGTH = 200
MIN_SHOTS = 3
MIN_DIALOGUE_SHOTS = 4
_PRONOUN = re.compile(
    r"(?:He|She|They|His|Her|Their|Er|Sie|Ihre?|Seine?|Il|Elle|Ils|Elles|Son|Sa|Ses|Él|Ella|Ellos|"
    r"Lui|Lei|Loro|Ele|Ela|Hij|Zij)\b"
)
_PLURAL = re.compile(r"(?:They|Their|Ihre|Ils|Elles|Leurs|Ellos|Ellas|Loro|Eles|Elas)\b")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What all shots of a scene share: where and when, in words and as `context`."""

    heading: str
    words: str
    setting: str
    context: str
    language: str


def plan(beats: list[Beat], place: Place, cast: Cast, opening: float) -> list[Shot]:
    """The shots of a scene: at least three, at least four for a dialogue of two."""
    _fill_people(beats, cast)
    if place.heading and (not beats or beats[0].kind != "place"):
        line = beats[0].line if beats else 0
        beats.insert(
            0, Beat(kind="place", text=place.words, seconds=opening, line=line, end_line=line)
        )
    if not place.heading and beats and beats[0].kind != "place":
        beats[0].shot_type = beats[0].shot_type or (
            "establishing" if beats[0].kind == "action" else ""
        )
    speakers = {name for beat in beats for name in beat.speakers if not beat.off_screen}
    _complete(beats, MIN_DIALOGUE_SHOTS if len(speakers) > 1 else MIN_SHOTS, place)
    sides = framing.choose_sides(_talks(beats))
    return [
        _shot(beat, place, sides, turn) for beat, turn in zip(beats, _turns(beats), strict=True)
    ]


def _turns(beats: list[Beat]) -> list[int | None]:
    """Of shots in a row that show the same people, which one each is; None for the others."""
    turns: list[int | None] = []
    for people, row in itertools.groupby(beats, key=lambda beat: tuple(beat.people)):
        many = len(list(row))
        turns += list(range(many)) if people and many > 1 else [None] * many
    return turns


def _talks(beats: list[Beat]) -> Counter[tuple[str, str]]:
    """How often two people talk to each other; each pair in the order of their names."""
    talks: Counter[tuple[str, str]] = Counter()
    for beat in beats:
        if beat.kind == "speech" and beat.listener:
            one, other = sorted((beat.speakers[0], beat.listener))
            talks[one, other] += 1
    return talks


def _fill_people(beats: list[Beat], cast: Cast) -> None:
    """Who is in each frame: those named, or those of the shot before when a pronoun begins it."""
    last: list[str] = []
    speaking = [beat for beat in beats if beat.speakers and not beat.off_screen]
    order = {id(beat): index for index, beat in enumerate(speaking)}
    for beat in beats:
        if beat.kind in {"speech", "dual"}:
            if beat.off_screen:
                beat.people = [name for name in last if name not in beat.speakers]
                continue
            beat.people = list(beat.speakers)
            if beat.kind == "speech" and beat.speakers:
                beat.listener = _listener(speaking, order[id(beat)], last)
            last = list(dict.fromkeys([*beat.people, *([beat.listener] if beat.listener else [])]))
        else:
            beat.people = cast.mentioned(beat.text)
            if not beat.people and last and _PRONOUN.match(beat.text):
                beat.people = last if _PLURAL.match(beat.text) else last[:1]
            if beat.people:
                last = beat.people


def _listener(speaking: list[Beat], index: int, last: list[str]) -> str:
    """Who is spoken to: who spoke before, else who answers, else who was just seen."""
    own = speaking[index].speakers
    for beat in (*reversed(speaking[max(0, index - 2) : index]), *speaking[index + 1 : index + 2]):
        for name in beat.speakers:
            if name not in own:
                return name
    return next((name for name in last if name not in own), "")


def _complete(beats: list[Beat], least: int, place: Place) -> None:
    """Cut or double beats until the scene has enough, from the longest on."""
    if not beats:
        return
    if least == MIN_DIALOGUE_SHOTS and len(beats) < least:
        _add_two_shot(beats, place)
    while len(beats) < least:
        at = max(range(len(beats)), key=lambda index: (beats[index].seconds, -index))
        beats[at : at + 1] = _doubled(beats[at], place)


def _add_two_shot(beats: list[Beat], place: Place) -> None:
    first = next((beat for beat in beats if beat.speakers and beat.listener), None)
    if first is None:
        return
    at = beats.index(first)
    people = [first.speakers[0], first.listener]
    seconds = page_timing.MIN_SHOT_SECONDS
    if (
        at
        and beats[at - 1].kind == "place"
        and beats[at - 1].seconds >= 2 * page_timing.MIN_SHOT_SECONDS
    ):
        seconds = beats[at - 1].seconds / 2
        beats[at - 1].seconds = seconds
    words = wording.pair(place.language, *people)
    text = f"{words}. {place.words}" if place.words else f"{words}."
    beats.insert(
        at,
        Beat(
            kind="action",
            text=text,
            seconds=seconds,
            line=first.line,
            end_line=first.line,
            people=people,
            shot_type="two_shot",
        ),
    )


def _doubled(beat: Beat, place: Place) -> list[Beat]:
    half = max(beat.seconds / 2, page_timing.MIN_SHOT_SECONDS)
    if beat.kind in {"speech", "dual"}:
        listener = beat.listener or next(iter(beat.people[1:]), "")
        speaker = beat.speakers[0] if beat.speakers else ""
        if listener and speaker:
            text = wording.listens(place.language, listener, speaker)
            people = [listener]
        else:
            text, people = place.words or beat.words, []
        reaction = Beat(
            kind="action",
            text=text,
            seconds=page_timing.MIN_SHOT_SECONDS,
            line=beat.line,
            end_line=beat.end_line,
            people=people,
            shot_type="close_up" if people else "insert",
        )
        return [beat, reaction]
    parts = segmentation.partition(segmentation.split_clauses(beat.text), 2)
    first = msgspec.structs.replace(beat, seconds=half)
    if len(parts) == 2:
        first.text = " ".join(parts[0])
        second = msgspec.structs.replace(beat, text=" ".join(parts[1]), seconds=half, kind="action")
        second.shot_type = "medium" if beat.kind == "place" or beat.shot_type else ""
        return [first, second]
    detail = "close_up" if beat.people else "insert"
    if beat.kind == "place" or beat.shot_type == "establishing":
        detail = "wide" if beat.kind == "place" else "medium"
    return [first, msgspec.structs.replace(beat, seconds=half, kind="action", shot_type=detail)]


def _shot(beat: Beat, place: Place, sides: dict[str, framing.Side], turn: int | None) -> Shot:
    people = list(dict.fromkeys(beat.people))
    weather = sounds.weather_in(beat.text)
    context = "; ".join([part for part in (place.context, ", ".join(weather)) if part])
    audio = sounds.sounds_in(beat.text, frozenset(people)) if beat.text else ""
    if beat.kind in {"speech", "dual"}:
        shot_type, people, prompt = _speaking(beat, people, place, turn)
        movement = framing.speech_movement(beat.words, shot_type, beat.seconds)
        audio = "; ".join(dict.fromkeys(line.split(":", 1)[0] for line in beat.lines))
    elif beat.kind == "place":
        shot_type, prompt = framing.explicit_type(beat.text) or "establishing", beat.text
        movement = framing.place_movement(beat.text, place.setting)
    else:
        shot_type = beat.shot_type or framing.action_type(beat.text, len(people))
        if turn is not None and not framing.explicit_type(beat.text):
            shot_type = framing.in_turn(shot_type, turn)
        prompt = beat.text
        movement = framing.movement(beat.text, shot_type)
    return Shot(
        shot_type=shot_type,
        camera_movement=movement,
        characters_in_frame=people,
        duration_estimate=round(beat.seconds, 2),
        prompt=prompt,
        composition_notes=framing.composition(shot_type, people, sides),
        dialogue_content="\n".join(beat.lines),
        audio_requirements=audio,
        environment_context=context,
        summary=_summary(beat.lines, prompt),
        line=beat.line,
        end_line=beat.end_line,
    )


def _summary(lines: list[str], prompt: str) -> str:
    text = (lines[0] if len(lines) == 1 else " / ".join(lines)) or prompt
    if len(text) <= SUMMARY_LENGTH and "\n" not in text:
        return text
    return " ".join(text.split())[:SUMMARY_LENGTH]


def _speaking(
    beat: Beat, people: list[str], place: Place, turn: int | None
) -> tuple[str, list[str], str]:
    speaker = beat.speakers[0] if beat.speakers else beat.lines[0].split(":", 1)[0]
    if beat.kind == "dual" and len(beat.speakers) > 1:
        prompt = wording.together(place.language, beat.speakers[0], beat.speakers[1])
        return ("two_shot" if len(beat.speakers) == 2 else "medium_wide"), people, prompt
    if beat.off_screen:
        seen = framing.choose(beat.words, "close_up", "medium") if people else "wide"
        seen = framing.in_turn(seen, turn)
        prompt = wording.voice(place.language, speaker)
        if place.words and not people:
            prompt = f"{place.words}. {prompt}"
        return seen, people, prompt
    if len(beat.speakers) > 1:
        return "two_shot", people, wording.speaks(place.language, " + ".join(beat.speakers))
    shot_type = framing.speech_type(beat.words, beat.aside, 1 if beat.listener else 0)
    shot_type = framing.in_turn(shot_type, turn)
    prompt = wording.speaks(place.language, speaker, beat.listener)
    if beat.aside:
        prompt = f"{prompt[:-1]}, {beat.aside}."
    if beat.listener and shot_type in {"over_the_shoulder", "two_shot"}:
        people = [*people, beat.listener]
    return shot_type, people, prompt
