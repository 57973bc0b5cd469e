"""Scripts: from a file to scenes, shots, characters and places, by rules alone."""

from .breakdown import break_down, to_json
from .model import Breakdown, Character, Element, Location, Scene, Script, Shot
from .operations import Import, to_operations
from .reading import read_script
from .summary import ImportSummary

__all__ = [
    "Breakdown",
    "Character",
    "Element",
    "Import",
    "ImportSummary",
    "Location",
    "Scene",
    "Script",
    "Shot",
    "break_down",
    "read_script",
    "to_json",
    "to_operations",
]
