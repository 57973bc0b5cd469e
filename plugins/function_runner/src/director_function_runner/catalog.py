"""The operator's folder of functions as a catalog of node types."""

from __future__ import annotations

from node_registry import CatalogEntry, CatalogProblem

from .functions import Declared, read_functions
from .settings import Settings


def load(settings: Settings) -> list[CatalogEntry | CatalogProblem]:
    """What the functions bring, by file name. Raises `function.no_folder` for one that is set."""
    return [
        CatalogEntry(digest=one.digest, source_name=one.source_name, node_type=one.node_type)
        if isinstance(one, Declared)
        else CatalogProblem(source_name=one.source_name, message=one.message, hint=one.hint)
        for one in read_functions(settings.folder())
    ]
