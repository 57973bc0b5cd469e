"""Whose shots the clips of an edited cut are: by the names of their files, then by what the file
says of recipe, digest and ids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec
from node_registry.film import relink_name

from app.execution import Take
from app.graph import SHOT, Graph, Node

from ..cut import Cut
from ..edl import ascii_text
from ..reels import Reels
from .model import EditedClip

SCENE = "film.scene"
_OWN_ENDING = re.compile(r"_[0-9a-f]{6}$")
_SCENE_BEFORE = re.compile(r"^scene_[0-9a-z]+_")
_SHORTEST_DIGEST = 16


class Match(msgspec.Struct, frozen=True):
    """A shot, and the take of it that a clip shows; None where it had none when it was exported."""

    shot: str
    take: UUID | None = None


class Hints(msgspec.Struct):
    """What takes of the project are to be looked for, for the clips of a file."""

    ids: list[UUID] = []
    names: list[str] = []
    recipes: list[str] = []
    digests: list[str] = []


def hints_of(clips: Iterable[EditedClip]) -> Hints:
    """By what the clips of a file may be told, as the names of takes are stored."""
    found = Hints()
    names: dict[str, None] = {}
    for clip in clips:
        for name in clip.names:
            plain = _SCENE_BEFORE.sub("", _key(name))
            names[plain] = names[_OWN_ENDING.sub("", plain)] = None
        found.ids += [one for one in (_uuid(clip.take),) if one]
        if clip.recipe:
            found.recipes.append(clip.recipe)
        if len(clip.digest) == 64:
            found.digests.append(clip.digest)
    found.names = list(names)
    return found


class Matcher:
    """Knows the shots of a graph, those of their takes that a file may mean, and the cut now."""

    def __init__(self, graph: Graph, cut: Cut, takes: Sequence[Take]) -> None:
        self._shots = {node.id: node for node in graph.nodes.values() if node.type == SHOT}
        self._names: dict[str, dict[Match, None]] = {}
        self._by_property: dict[tuple[str, str], dict[Match, None]] = {}
        for node in self._shots.values():
            code, version = str(node.data.get("code") or ""), int(node.data.get("version") or 1)
            name = relink_name(scene_code(graph, node), f"SHOT-{code}_v{version:02d}")
            self._name(name, Match(node.id))
        for take in takes:
            node = self._shots.get(take.node_id)
            if node is not None:
                self._know(take, scene_code(graph, node))
        reels = Reels()
        for clip in cut.clips:
            match = Match(clip.shot, _uuid(clip.take))
            # What they share with others stands in the names of the cut itself.
            self._name(clip.name, match)
            self._tell("reel", reels.name(clip).casefold(), match)

    def find(self, clip: EditedClip) -> Match | None:
        """The one shot that a clip can be of; None where there is none, or where it could be of
        several."""
        told = self._by_what_is_told(clip)
        for name in clip.names:
            found = list(self._names.get(_key(name), ()))
            if len(found) > 1 and told in found:
                return told
            if len({match.shot for match in found}) == 1:
                # The newest of one name: of a shot whose take is known, never the one without.
                return max(found, key=lambda match: (match.take is not None, str(match.take)))
        return told

    def _by_what_is_told(self, clip: EditedClip) -> Match | None:
        kinds = (
            ("take", clip.take),
            ("digest", clip.digest[:32] if len(clip.digest) >= _SHORTEST_DIGEST else ""),
            ("recipe", clip.recipe),
            ("reel", clip.reel.casefold()),
        )
        for kind, value in kinds:
            found = list(self._by_property.get((kind, value), ())) if value else []
            own = [match for match in found if match.shot == clip.shot]
            if len(found) == 1 or own:
                return (own or found)[0]
        return Match(clip.shot) if clip.shot in self._shots else None

    def _know(self, take: Take, scene: str) -> None:
        match = Match(take.node_id, take.id)
        named = relink_name(scene, take.name)
        for name in {named, f"{named}_{take.digest[-6:]}", take.name}:
            self._name(name, match)
        self._tell("take", str(take.id), match)
        self._tell("digest", take.digest[:32], match)
        if take.recipe:
            self._tell("recipe", take.recipe, match)

    def _name(self, name: str, match: Match) -> None:
        self._names.setdefault(_key(name), {})[match] = None

    def _tell(self, kind: str, value: str, match: Match) -> None:
        self._by_property.setdefault((kind, value), {})[match] = None


def scene_code(graph: Graph, node: Node) -> str:
    """The code of the scene that a shot lies in, or ""."""
    scene = graph.nodes.get(node.parent or "")
    return str(scene.data.get("code") or "") if scene and scene.type == SCENE else ""


def _key(name: str) -> str:
    return ascii_text(name).strip().casefold()


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
