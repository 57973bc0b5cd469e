"""A script broken down: its scenes with their shots, its characters and its places."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import msgspec

from . import beats, codes, headings, page_timing, shots, sounds, time_of_day, transitions, wording
from .lexicon import word_set
from .model import Breakdown, Element, Location, Scene, Script, Setting
from .people import Cast
from .problems import find_problems

_STORY = frozenset({"action", "character", "dialogue", "lyrics", "centered", "shot"})
_SHOT_FIELDS = (
    "code",
    "shot_type",
    "camera_movement",
    "characters_in_frame",
    "duration_estimate",
    "prompt",
    "composition_notes",
    "dialogue_content",
    "audio_requirements",
    "environment_context",
    "line",
)
_BLACK = word_set("BLACK OVER FADE IN ON THE A SCREEN SCHWARZ NOIR ÉCRAN NEGRO NERO")


class _Part(msgspec.Struct):
    heading: Element | None
    elements: list[Element]
    before: list[Element] = []


def break_down(script: Script, *, seconds_per_page: float = 60.0) -> Breakdown:
    """All that rules find in a script, the same for the same script.

    A page of 55 lines plays `seconds_per_page`. Codes and keys are those of a first import;
    `alignment.align` carries over those of an earlier one.
    """
    line_seconds = seconds_per_page / page_timing.LINES_PER_PAGE
    parts = _parts(script.elements)
    cast = Cast(script.elements)
    language = wording.language_of(_sample(script.elements))
    scenes = [_scene(index, part, cast, language, line_seconds) for index, part in enumerate(parts)]
    for scene, part in zip(scenes, parts, strict=True):
        transitions.place_joins(scene, part.elements, part.before)
    _number(scenes)
    places = _locations(scenes)
    return Breakdown(
        title=script.title,
        format=script.format,
        scenes=scenes,
        characters=cast.characters(),
        locations=places,
        pages=round(sum(scene.pages for scene in scenes), 3),
        seconds=round(sum(scene.seconds for scene in scenes), 2),
        language=language,
        problems=find_problems(script, scenes),
    )


def to_json(breakdown: Breakdown) -> dict[str, Any]:
    """What `director breakdown --json` prints."""
    return {
        "scenes": [
            {
                "heading": scene.heading,
                "location": scene.location,
                "time_of_day": scene.time_of_day,
                "line": scene.line,
                "characters": list(scene.characters),
                "shots": [
                    {field: getattr(shot, field) for field in _SHOT_FIELDS} for shot in scene.shots
                ],
            }
            for scene in breakdown.scenes
        ],
        "characters": [
            {"name": character.name, "aliases": list(character.aliases)}
            for character in breakdown.characters
        ],
        "locations": [location.name for location in breakdown.locations],
    }


def _parts(elements: tuple[Element, ...]) -> list[_Part]:
    parts: list[_Part] = []
    before: list[Element] = []
    for element in elements:
        if element.kind == "heading":
            parts.append(_Part(element, []))
        elif parts:
            parts[-1].elements.append(element)
        else:
            before.append(element)
    if _is_story(before, alone=not parts):
        parts.insert(0, _Part(None, before))
    elif parts and before:
        parts[0].elements[:0] = [e for e in before if e.kind == "synopsis"]
        parts[0].before = [e for e in before if e.kind == "transition"]
    return parts


def _is_story(elements: list[Element], *, alone: bool) -> bool:
    """Whether what stands before the first heading is a scene, and not just FADE IN."""
    for element in elements:
        if element.kind in {"dialogue", "shot"}:
            return True
        if element.kind in _STORY and element.kind != "character":
            words = element.text.upper().replace(".", " ").replace(":", " ").split()
            if alone or (element.kind == "action" and set(words) - _BLACK and len(words) > 2):
                return True
    return False


def _sample(elements: tuple[Element, ...]) -> str:
    words: list[str] = []
    size = 0
    for element in elements:
        if element.kind in {"action", "dialogue"}:
            words.append(element.text[:2000])
            size += len(words[-1])
            if size > 20000:
                break
    return " ".join(words)


def _scene(index: int, part: _Part, cast: Cast, language: str, line_seconds: float) -> Scene:
    heading = part.heading
    if heading is not None and heading.omitted:
        return _omitted_scene(heading, part)
    parsed = headings.Heading("", "", "")
    if heading:
        parsed = headings.read_forced(heading.text, language)
        if not parsed.setting:
            parsed = headings.read_marker(heading.text, language) or parsed
    opening = page_timing.HEADING_LINES * line_seconds if heading else 0.0
    narration = "\n".join(e.text for e in part.elements if e.kind in {"action", "shot", "centered"})
    weather = sounds.weather_in(narration)
    place = shots.Place(
        heading=heading.text if heading else "",
        words=_place_words(parsed, heading.text if heading else ""),
        setting=parsed.setting,
        context=_context(parsed, weather),
        language=language,
    )
    planned = shots.plan(
        beats.split(part.elements, cast, line_seconds, opening), place, cast, opening
    )
    line = heading.line if heading else part.elements[0].line
    for shot in planned:
        shot.line = shot.line or line
        shot.end_line = shot.end_line or line
    people = _people(part.elements, cast, narration)
    for name in people:
        cast.appears(name, index)
    last_lines = [e.end_line for e in part.elements if e.kind not in {"note", "boneyard"}]
    after = next((e.text for e in reversed(part.elements) if e.kind in _STORY | {"transition"}), "")
    ends = part.elements[-1] if part.elements else None
    return Scene(
        heading=heading.text if heading else "",
        location=parsed.location,
        place=parsed.levels[0] if parsed.levels else "",
        set=" - ".join(parsed.levels[1:]),
        time_of_day=parsed.time_of_day,
        setting=parsed.setting,
        marks=list(parsed.marks),
        remarks=list(parsed.remarks),
        number=heading.number if heading else "",
        line=line,
        end_line=max([line, *last_lines]),
        summary=_summary(part.elements),
        characters=people,
        shots=planned,
        pages=_page_lines(part) / page_timing.LINES_PER_PAGE,
        seconds=round(sum(shot.duration_estimate for shot in planned), 2),
        after=after if ends is not None and ends.kind == "transition" else "",
        weather=weather,
        fingerprint=_fingerprint(part),
        **_marks(part),
    )


def _omitted_scene(heading: Element, part: _Part) -> Scene:
    return Scene(
        heading=heading.text,
        number=heading.number,
        line=heading.line,
        end_line=heading.end_line,
        omitted=True,
        fingerprint=_fingerprint(part),
        **_marks(part),
    )


def _marks(part: _Part) -> dict[str, Any]:
    """What the writers marked and noted on a scene."""
    elements = [*([part.heading] if part.heading else []), *part.elements]
    marks = [element.marks for element in elements if element.marks is not None]
    notes = [
        f"{element.style}: {element.text}" if element.style else element.text
        for element in part.elements
        if element.kind == "note"
    ]
    own = part.heading.marks if part.heading else None
    return {
        "color": own.color if own else "",
        "revisions": list(dict.fromkeys(name for one in marks for name in one.revisions)),
        "tags": list(dict.fromkeys(name for one in marks for name in one.tags)),
        "notes": notes,
    }


def _page_lines(part: _Part) -> int:
    lines = page_timing.HEADING_LINES if part.heading else 0
    for element in part.elements:
        if element.kind in {"action", "centered", "shot", "lyrics"}:
            lines += page_timing.action_lines(element.text)
        elif element.kind == "character":
            lines += 0 if element.dual else 2
        elif element.kind == "dialogue":
            lines += page_timing.lines_of(element.text, page_timing.DIALOGUE_WIDTH)
        elif element.kind == "parenthetical":
            lines += page_timing.lines_of(element.text, page_timing.PARENTHETICAL_WIDTH)
    return lines


def _people(elements: list[Element], cast: Cast, narration: str) -> list[str]:
    found: dict[str, None] = {}
    for element in elements:
        if element.kind == "character":
            found.update(dict.fromkeys(cast.speakers(element.text)))
        elif element.kind in {"action", "shot"}:
            found.update(dict.fromkeys(cast.mentioned(element.text)))
    return list(found)


def _summary(elements: list[Element]) -> str:
    synopsis = next((e.text for e in elements if e.kind == "synopsis"), "")
    if synopsis:
        return synopsis
    first = next((e.text for e in elements if e.kind in {"action", "dialogue"}), "")
    return " ".join(first.split())[:200]


def _place_words(parsed: headings.Heading, heading: str) -> str:
    parts = [part for part in (parsed.location, parsed.time_of_day) if part]
    return ", ".join(parts) or heading


def _context(parsed: headings.Heading, weather: list[str]) -> str:
    english = time_of_day.meaning(parsed.time_of_day)
    time = parsed.time_of_day
    if english and english.upper() not in time.upper():
        time = f"{time} ({english})"
    setting = {"mixed": "interior and exterior"}.get(parsed.setting, parsed.setting)
    place = ", ".join(part for part in (setting, parsed.location, time) if part)
    return "; ".join(part for part in (place, ", ".join(weather)) if part)


def _fingerprint(part: _Part) -> str:
    digest = blake2b(digest_size=9)
    for element in ([part.heading] if part.heading else []) + part.elements:
        if element.kind not in {"note", "boneyard", "page_break"}:
            digest.update(f"{element.kind}\0{element.text}\0".encode("utf-8", "replace"))
    return digest.hexdigest()


def _number(scenes: list[Scene]) -> None:
    """Codes and keys of a first import; the script's own scene numbers if it has them all."""
    written = codes.from_numbers([scene.number for scene in scenes])
    scene_codes = written or codes.first_scenes(len(scenes))
    keys = codes.Keys()
    for scene, code in zip(scenes, scene_codes, strict=True):
        scene.code = code
        scene.key = keys.new_key(scene.fingerprint)
        number_shots(scene)


def number_shots(scene: Scene) -> None:
    """Codes and keys of the shots of a scene that is new."""
    keys = codes.Keys()
    for shot, code in zip(scene.shots, codes.first_shots(len(scene.shots)), strict=True):
        shot.code = code
        shot.key = keys.new_key(f"{shot.prompt}\0{shot.dialogue_content}")


def _locations(scenes: list[Scene]) -> list[Location]:
    found: dict[str, Location] = {}
    for scene in scenes:
        if not scene.location:
            continue
        key = " ".join(scene.location.split()).casefold()
        place = found.get(key)
        time = time_of_day.meaning(scene.time_of_day)
        weather = next(iter(scene.weather), "")
        if place is None:
            place = found[key] = Location(
                name=scene.location,
                place=scene.place,
                setting=scene.setting,
                time_of_day=time,
                weather=weather,
                description=scene.shots[0].prompt[:500],
            )
        place.scenes += 1
        place.setting = _joined(place.setting, scene.setting)
        place.time_of_day = time if place.time_of_day == time else ""
        place.weather = weather if place.weather == weather else ""
    return list(found.values())


def _joined(one: Setting, other: Setting) -> Setting:
    if one == other or not other:
        return one
    return other if not one else "mixed"
