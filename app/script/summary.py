"""What an import did, in sentences for people."""

from __future__ import annotations

import msgspec
from node_registry.film import scene_name, shot_name

from .model import Scene
from .provenance import names_of


class ImportSummary(msgspec.Struct):
    """Sentences, in the order of the script.

    `retained` are scenes and shots that the script dropped but people had worked on: they stay, out
    of the sequence. `conflicts` are fields that script and people both changed: people's stand.
    """

    added: list[str] = []
    changed: list[str] = []
    retained: list[str] = []
    removed: list[str] = []
    conflicts: list[str] = []

    def note(self, name: str, changed: list[str], conflicts: list[str]) -> None:
        """Say which fields of a node the script changed, and which people had changed as well."""
        if changed:
            self.changed.append(f"{name}: {names_of(changed)} changed")
        if conflicts:
            self.conflicts.append(
                f"{name}: {names_of(conflicts)} changed in the script and on the canvas; the "
                "canvas was kept"
            )

    @property
    def empty(self) -> bool:
        """Whether the import changed nothing."""
        return not (self.added or self.changed or self.retained or self.removed or self.conflicts)


def shot_of_scene(code: str, scene_code: str) -> str:
    """SHOT_020 of SCENE_03"""
    return f"{shot_name(code)} of {scene_name(scene_code)}"


def scene_sentence(scene: Scene) -> str:
    """A scene that comes with its shots, or one that the script omits."""
    name = scene_name(scene.code)
    if scene.omitted:
        return f"{name}: omitted in the script"
    about = f": {scene.heading}" if scene.heading else ""
    return f"{name} with {shot_count(len(scene.shots))}{about}"


def shot_count(count: int) -> str:
    """A number of shots, in words."""
    return "1 shot" if count == 1 else f"{count} shots"
