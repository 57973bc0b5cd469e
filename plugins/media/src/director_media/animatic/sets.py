"""Which scenery is drawn for a place: a room, a landscape or a built place out of doors."""

from __future__ import annotations

from . import interior, landscape, town
from .scenery import Drawer, Scenery, Set

_DRAWERS: dict[str, Drawer] = {**landscape.DRAWERS, **town.DRAWERS}


def draw_scenery(stage: Set) -> Scenery:
    """The scenery of a place."""
    if stage.place.inside:
        return interior.draw_interior(stage)
    return _DRAWERS.get(stage.place.kind, landscape.draw_field)(stage)
