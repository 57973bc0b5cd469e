"""The sounds that are connected to the Assembly node, as tracks laid under the film."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any

from app.execution import Take
from app.graph import Graph, Node

from .cut import Sound, SoundMark
from .lengths import frames_in_film

SOCKET = "audio"


def connected_sounds(
    graph: Graph, assembly: Node, takes: Mapping[str, Take], rate: Fraction
) -> list[Sound]:
    """The sounds in their order. A node that makes a sound gives its active take, in which its own
    level and fades are; an imported file is laid as it is. What has neither is left out."""
    found: list[Sound] = []
    edges = graph.incoming(assembly.id, SOCKET)
    for edge in sorted(edges, key=lambda edge: (edge.order, edge.id)):
        node = graph.nodes.get(edge.source)
        if node is None:
            continue
        take = takes.get(node.id)
        media = node.data.get("media")
        if take is not None:
            made = take.output()
            name, digest, facts, file = take.name, made.digest, made.facts, made.name
        elif isinstance(media, dict) and media.get("digest"):
            file = str(media.get("name") or "sound.wav")
            name, digest = PurePosixPath(file).stem, str(media["digest"])
            facts = media.get("facts") or {}
        else:
            continue
        found.append(
            Sound(
                name=name,
                media=digest,
                frames=frames_in_film(facts, rate) or None,
                extension=PurePosixPath(file).suffix.lstrip(".") or "wav",
                marks=_marks(node.params, rate),
            )
        )
    return found


def _marks(params: Mapping[str, Any], rate: Fraction) -> tuple[SoundMark, ...]:
    """The sync marks of a sound in frames of the film, from where its take begins."""
    begin = float(params.get("start") or 0)
    found: list[SoundMark] = []
    for mark in params.get("marks") or ():
        if isinstance(mark, dict) and isinstance(mark.get("time"), int | float):
            frame = int(Fraction(mark["time"] - begin).limit_denominator(1_000_000) * rate)
            if frame >= 0:
                found.append(SoundMark(frame, str(mark.get("label") or "")[:200]))
    return tuple(sorted(found, key=lambda mark: mark.frame))
