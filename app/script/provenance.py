"""What the importer writes on nodes, and what becomes of it when people wrote there too.

`data.script.written` keeps each field as the importer last wrote it. A field was edited by a
person exactly when its value differs from that, so two scripts and one graph merge field by field.
"""

from __future__ import annotations

from typing import Any

import msgspec

from app.graph import Node, SetNode

from .model import Character, Location, Scene, Shot

_TEXT = frozenset({"prompt", "composition_notes", "dialogue_content", "summary", "description"})
MAX_TEXT_LENGTH = 20_000

NAMES = {
    "prompt": "picture",
    "dialogue_content": "dialogue",
    "composition_notes": "composition",
    "shot_type": "shot size",
    "camera_movement": "camera",
    "characters_in_frame": "characters",
    "duration_estimate": "duration",
    "audio_requirements": "sound",
    "environment_context": "place",
    "heading": "heading",
    "location": "place",
    "time_of_day": "time of day",
    "summary": "summary",
    "number": "scene number",
    "marks": "kind of scene",
    "remarks": "remarks",
    "color": "colour",
    "revisions": "revision marks",
    "tags": "tags",
    "notes": "notes",
    "kind": "kind",
    "frames": "length",
    "direction": "direction",
}


class Merge(msgspec.Struct):
    """What a re-import does to one node: fields to write, fields where a person's word stands."""

    values: dict[str, Any]
    changed: list[str]
    conflicts: list[str]


def shot_fields(shot: Shot) -> dict[str, Any]:
    """The fields of a shot node that come from the script."""
    return {
        "prompt": _short(shot.prompt),
        "dialogue_content": _short(shot.dialogue_content),
        "composition_notes": _short(shot.composition_notes),
        "shot_type": shot.shot_type,
        "camera_movement": shot.camera_movement,
        "characters_in_frame": [name[:500] for name in shot.characters_in_frame[:64]],
        "duration_estimate": min(max(shot.duration_estimate, 0.1), 3600.0),
        "audio_requirements": shot.audio_requirements[:4000],
        "environment_context": shot.environment_context[:4000],
    }


def scene_fields(scene: Scene) -> dict[str, Any]:
    """The fields of a scene node that come from the script."""
    return {
        "heading": scene.heading[:1000],
        "location": scene.location[:500],
        "time_of_day": scene.time_of_day[:200],
        "summary": _short(scene.summary),
        "number": scene.number[:64],
        "marks": [mark[:200] for mark in scene.marks[:16]],
        "remarks": [remark[:200] for remark in scene.remarks[:16]],
        "color": scene.color,
        "revisions": [name[:200] for name in scene.revisions[:64]],
        "tags": [name[:200] for name in scene.tags[:500]],
        "notes": [note[:4000] for note in scene.notes[:500]],
    }


def character_fields(character: Character) -> dict[str, Any]:
    """The fields of a character node. `JOHN (V.O.)` is a way to speak, not another name, and
    would make every shot of John stale."""
    return {
        "name": character.name[:500],
        "aliases": [alias[:500] for alias in character.aliases if "(" not in alias][:32],
        "importance": character.importance,
        "age": character.age[:500],
        "description": _short(character.description),
    }


def place_fields(place: Location) -> dict[str, Any]:
    """The fields of an environment node."""
    setting = {"interior": "interior", "exterior": "exterior", "mixed": "exterior"}
    return {
        "name": place.name[:500],
        "place": place.place[:500],
        "setting": setting.get(place.setting, "abstract"),
        "time_of_day": place.time_of_day,
        "weather": place.weather,
        "description": _short(place.description),
    }


def split(fields: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The same fields, as a node keeps them: data, and texts that several people type in."""
    data = {name: value for name, value in fields.items() if name not in _TEXT}
    return data, {name: value for name, value in fields.items() if name in _TEXT}


def link_of(node: Node) -> dict[str, Any]:
    """The node's tie to the script; empty if it has none or a broken one."""
    link = node.data.get("script")
    return link if isinstance(link, dict) else {}


def imported_fields(node: Node) -> dict[str, Any]:
    """The fields as the importer last wrote them."""
    written = link_of(node).get("written")
    return written if isinstance(written, dict) else {}


def is_edited(node: Node) -> bool:
    """Whether a person changed what the importer wrote, or took the shot further."""
    if node.data.get("active_take") or node.data.get("version", 1) != 1 or node.locked:
        return True
    mine = node.params
    return any(mine.get(name, value) != value for name, value in imported_fields(node).items())


def keep_framing(base: dict[str, Any], incoming: dict[str, Any]) -> dict[str, Any]:
    """The new fields of a shot, framed as before where the same people only say other words."""
    before = _speakers(base.get("dialogue_content"))
    if not before or before != _speakers(incoming["dialogue_content"]):
        return incoming
    framing = ("shot_type", "camera_movement", "composition_notes", "characters_in_frame")
    return {**incoming, **{name: base[name] for name in framing if name in base}}


def merge(node: Node, incoming: dict[str, Any], link: dict[str, Any]) -> Merge:
    """Three-way: what the script changed is written, unless a person changed it as well."""
    base = imported_fields(node)
    mine = node.params
    values: dict[str, Any] = {}
    changed: list[str] = []
    conflicts: list[str] = []
    for name, value in incoming.items():
        if name in base and base[name] == value:
            continue
        now = mine.get(name)
        if now == value:
            continue
        if name in base and now != base[name]:
            conflicts.append(name)
            continue
        values[_path(name)] = value
        # A field that the last import did not know yet has not changed in the script.
        if name in base:
            changed.append(name)
    new_link = {**link, "written": incoming}
    if link_of(node) != new_link:
        values["data.script"] = new_link
    return Merge(values, changed, conflicts)


def set_values(node: Node, merged: Merge) -> list[SetNode]:
    """The operation that writes a merge, if there is anything to write."""
    return [SetNode(id=node.id, values=merged.values)] if merged.values else []


def names_of(fields: list[str]) -> str:
    """Field names as people say them."""
    return ", ".join(dict.fromkeys(NAMES.get(name, name) for name in fields))


def _speakers(dialogue: Any) -> list[str]:
    lines = dialogue.split("\n") if isinstance(dialogue, str) and dialogue else []
    return [line.split(":", 1)[0].split("(", 1)[0].strip() for line in lines]


def _path(name: str) -> str:
    return f"text.{name}" if name in _TEXT else f"data.{name}"


def _short(text: str) -> str:
    return text if len(text) <= MAX_TEXT_LENGTH else text[:MAX_TEXT_LENGTH]
