"""What a first import and a later one have in common: their source, and what they tell."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import msgspec

from app.graph import Graph, Operation

from .model import Breakdown
from .summary import ImportSummary


class ImportSource(msgspec.Struct, frozen=True, kw_only=True):
    """A breakdown on its way into a graph. `media` is the script's own file, `new_id` makes the
    ids of nodes and edges. `rate` is the film's frames a second,
    `drop_frame` how an Assembly that is made counts them."""

    breakdown: Breakdown
    graph: Graph
    title: str
    media: dict[str, Any] | None
    new_id: Callable[[], str]
    rate: Fraction = Fraction(24)
    drop_frame: bool = False


class Importer(ABC):
    """Turns a source into operations: `run` gives them, `summary` says in words what they do."""

    def __init__(self, source: ImportSource) -> None:
        self.breakdown = source.breakdown
        self.graph = source.graph
        self.title = source.title
        self.media = source.media
        self.new_id = source.new_id
        self.rate = source.rate
        self.summary = ImportSummary()

    @abstractmethod
    def run(self) -> list[Operation]:
        """The operations, in an order in which each one is allowed."""
