"""A breakdown becomes operations on a graph: everything at first, then only what changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from node_registry.film import parse_rate

from app.graph import Graph, Operation
from node_registry import DirectorError

from . import provenance
from .first_import import FirstImport
from .importer import Importer, ImportSource
from .model import Breakdown
from .reimport import Reimport
from .summary import ImportSummary

MAX_NODES = 40_000


class Import(msgspec.Struct):
    """What an import does to the graph, as operations and as sentences."""

    operations: list[Operation]
    summary: ImportSummary


def to_operations(
    breakdown: Breakdown,
    graph: Graph | None,
    *,
    title: str,
    media: dict[str, Any] | None,
    new_id: Callable[[], str],
    rate: str = "24",
    drop_frame: bool = False,
) -> Import:
    """The operations that bring a breakdown into a graph.

    A graph that holds an earlier import gets only what differs: scenes and shots keep their ids,
    and a field that a person wrote keeps that person's words. The keys and codes of `breakdown`
    are carried over from the graph. Everything is meant for one transaction of the studio itself,
    since it writes the links to the script. `rate` and `drop_frame` are the film's: the lengths
    of transitions are frames.
    """
    count = sum(len(scene.shots) + 1 for scene in breakdown.scenes)
    if count > MAX_NODES:
        raise DirectorError(
            "script.too_many_shots",
            f"The script has {len(breakdown.scenes):,} scenes with {count:,} shots; one graph "
            f"holds at most {MAX_NODES:,} nodes.",
            hint="Cut the script into parts, one project each.",
        )
    source = ImportSource(
        breakdown=breakdown,
        graph=graph or Graph(),
        title=title,
        media=media,
        new_id=new_id,
        rate=parse_rate(rate),
        drop_frame=drop_frame,
    )
    if any(
        node.type == "film.scene" and provenance.link_of(node).get("scene")
        for node in source.graph.nodes.values()
    ):
        importer: Importer = Reimport(source)
    else:
        importer = FirstImport(source)
    return Import(importer.run(), importer.summary)
