"""Assembly: the cut of a film from its graph, and what editors' programs read of it."""

from .conform_list import conform_list
from .cut import (
    Clip,
    Cut,
    CutElement,
    OrderedShot,
    OrderedTransition,
    Sound,
    SoundMark,
    SourceTake,
    Transition,
    build_cut,
)
from .edl import write_edl
from .timeline import read_timeline, write_timeline

__all__ = [
    "Clip",
    "Cut",
    "CutElement",
    "OrderedShot",
    "OrderedTransition",
    "Sound",
    "SoundMark",
    "SourceTake",
    "Transition",
    "build_cut",
    "conform_list",
    "read_timeline",
    "write_edl",
    "write_timeline",
]
