"""Scripts: from a file to scenes, shots, characters and places, by rules alone."""

from .breakdown import break_down, to_json
from .model import Breakdown, Character, Element, Location, Scene, Script, Shot
from .operations import Import, to_operations
from .reading import read_script
from .summary import ImportSummary
from .supervision import Remark, supervise

__all__ = [
    "Breakdown",
    "Character",
    "Element",
    "Import",
    "ImportSummary",
    "Location",
    "Remark",
    "Scene",
    "Script",
    "Shot",
    "break_down",
    "read_script",
    "supervise",
    "to_json",
    "to_operations",
]
