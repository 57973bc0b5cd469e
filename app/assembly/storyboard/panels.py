"""What stands in each panel of a storyboard, from the cut and the shots of its graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from node_registry.film import scene_name

from app.graph import Graph

from ..cut import Cut
from ..timecode import timecode_writer
from .pages import Panel


def panels_of(graph: Graph, cut: Cut, pictures: Mapping[str, bytes]) -> list[Panel]:
    """A panel for each clip, in the order of the film. `pictures` are by the digest of the take."""
    timecode = timecode_writer(cut.fraction, cut.drop_frame)
    joins = {one.after: one for one in cut.transitions}
    panels: list[Panel] = []
    for index, (clip, start) in enumerate(zip(cut.clips, cut.starts, strict=True)):
        node = graph.nodes.get(clip.shot)
        params: Mapping[str, Any] = node.params if node else {}
        join = joins.get(index)
        panels.append(
            Panel(
                scene=scene_name(clip.scene).replace("_", " ") or "SHOTS WITHOUT SCENE",
                heading=clip.heading,
                shot=clip.code or str(index + 1),
                framing=_framing(params),
                description=str(params.get("prompt") or ""),
                dialogue=str(params.get("dialogue_content") or ""),
                timecode=timecode(cut.start_frame + start),
                seconds=float(clip.length / cut.fraction),
                frames=clip.length,
                transition=f"{join.kind.upper()} {join.frames} fr" if join else "",
                picture=pictures.get(clip.media) if clip.media else None,
            )
        )
    return panels


def _framing(params: Mapping[str, Any]) -> str:
    kind = str(params.get("shot_type") or "").replace("_", " ")
    move = str(params.get("camera_movement") or "").replace("_", " ")
    return ", ".join(part for part in (kind, "" if move == "static" else move) if part)
