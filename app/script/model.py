"""What a script is once read, and what a breakdown of it holds: Structs without behaviour."""

from __future__ import annotations

from typing import Literal

import msgspec

ScriptFormat = Literal["fountain", "fdx", "plain"]
Setting = Literal["interior", "exterior", "mixed", ""]
JoinKind = Literal["cut", "fade", "dissolve", "wipe", "push"]
Importance = Literal["lead", "supporting", "minor"]

ElementKind = Literal[
    "heading",
    "action",
    "character",
    "parenthetical",
    "dialogue",
    "lyrics",
    "transition",
    "centered",
    "shot",
    "section",
    "synopsis",
    "note",
    "boneyard",
    "page_break",
]


class Marks(msgspec.Struct, frozen=True, kw_only=True):
    """What a writers' program keeps beside a paragraph: a colour (`#RRGGBB`), the revisions that
    changed it, and tags of a production's breakdown (`Props: Lantern`)."""

    color: str = ""
    revisions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Element(msgspec.Struct, frozen=True, kw_only=True):
    """One paragraph of the script, exactly as written, less the marks of the format.

    `line` and `end_line` count from 1 in the file as it was given. `number` is a heading's scene
    number, `depth` a section's. `dual` is true on a character cue that speaks at the same time
    as the speech before it. `omitted` is true on the heading of a scene that was taken out.
    `style` is what the writers' program calls a kind of paragraph that is no part of the story.
    """

    kind: ElementKind
    text: str
    line: int
    end_line: int
    number: str = ""
    depth: int = 0
    dual: bool = False
    omitted: bool = False
    style: str = ""
    marks: Marks | None = None


class Doubt(msgspec.Struct, frozen=True):
    """A line that no rule can settle: it was taken for `taken`, and could be `other`.

    `before` and `after` are the lines next to it, by which it is known again. `settled` is true
    where a person decided it.
    """

    line: int
    text: str
    taken: Literal["cue", "action"]
    other: Literal["cue", "action"]
    before: str = ""
    after: str = ""
    settled: bool = False


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """A script as read: its format, its title page and its elements in order. `doubts` are lines
    that could be something else than they were taken for."""

    format: ScriptFormat
    elements: tuple[Element, ...]
    title_page: dict[str, list[str]] = {}
    title: str = ""
    line_count: int = 0
    doubts: tuple[Doubt, ...] = ()


class Shot(msgspec.Struct, kw_only=True):
    """One shot of a scene, with all that a shot node holds. `duration_estimate` is in seconds.

    `summary` is what it is about, in one line: what is said in it, else what is seen.
    """

    key: str = ""
    code: str = ""
    shot_type: str
    camera_movement: str = "static"
    characters_in_frame: list[str] = []
    duration_estimate: float
    prompt: str
    composition_notes: str = ""
    dialogue_content: str = ""
    audio_requirements: str = ""
    environment_context: str = ""
    summary: str = ""
    line: int = 0
    end_line: int = 0


class Join(msgspec.Struct, kw_only=True):
    """A transition as the script writes it (`text`), with its usual length in seconds. It follows
    the shot with the index `after` of its scene, or comes before the first one at -1. `opens` is
    true where the picture comes out of black (FADE IN:)."""

    kind: JoinKind
    seconds: float
    text: str
    direction: Literal["left", "right", "up", "down"] = "left"
    after: int = -1
    line: int = 0
    opens: bool = False


class Scene(msgspec.Struct, kw_only=True):
    """One scene. `heading` is exactly as written ("" where the script has none) but for its
    `number`; `location` is all of the place (`LIGHTHOUSE - LAMP ROOM`), `place` the first level
    of it and `set` the others. `pages` are pages of 55 lines, `seconds` the sum of its shots;
    `after` is what the script writes at its end, `joins` are its transitions. An `omitted` scene
    keeps its number and has nothing in it.

    `marks` say what kind of scene it is (`flashback`, `dream`, `montage`, `intercut`, …),
    `remarks` what else the heading says behind the time of day. `color` (`#RRGGBB`), `revisions`
    and `tags` (`Props: Lantern`) are the writers' marks on it, `notes` what they noted in it.
    """

    key: str = ""
    code: str = ""
    heading: str
    location: str = ""
    place: str = ""
    set: str = ""
    time_of_day: str = ""
    setting: Setting = ""
    number: str = ""
    marks: list[str] = []
    remarks: list[str] = []
    line: int
    end_line: int
    summary: str = ""
    characters: list[str] = []
    shots: list[Shot] = []
    joins: list[Join] = []
    pages: float = 0.0
    seconds: float = 0.0
    after: str = ""
    omitted: bool = False
    color: str = ""
    revisions: list[str] = []
    tags: list[str] = []
    notes: list[str] = []
    weather: list[str] = []
    fingerprint: str = ""


class Character(msgspec.Struct, kw_only=True):
    """Somebody in the film: `name` as written, `aliases` the other ways the script writes it."""

    name: str
    aliases: list[str] = []
    speeches: int = 0
    words: int = 0
    scenes: int = 0
    importance: Importance = "minor"
    age: str = ""
    description: str = ""
    line: int = 0


class Location(msgspec.Struct, kw_only=True):
    """A place, exactly as the headings write it, with the scenes that play there. `place` is the
    first level of its name, which several sets may share: LIGHTHOUSE of LIGHTHOUSE - LAMP ROOM."""

    name: str
    place: str = ""
    setting: Setting = ""
    time_of_day: str = ""
    weather: str = ""
    scenes: int = 0
    description: str = ""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person should look at: lines `line` to `end_line` of the file, what they
    say, and what is wrong. `code` is for programs. `choices` are what the line could be, what it
    was taken for first, where a person can settle that."""

    code: str
    line: int
    end_line: int
    text: str
    message: str
    hint: str = ""
    choices: tuple[str, ...] = ()


class Breakdown(msgspec.Struct, kw_only=True):
    """All that rules find in a script: scenes with shots, characters and places.

    `title` is the one on the title page, else the file's name. `problems` stop nothing.
    """

    title: str
    format: ScriptFormat
    scenes: list[Scene]
    characters: list[Character]
    locations: list[Location]
    pages: float
    seconds: float
    language: str = "en"
    problems: list[Problem] = []
