"""Catalogs: node types that an operator adds as files, such as manifests of functions."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import msgspec

from .nodes import NodeType


class CatalogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A node type and what it was made from.

    `digest` is the SHA-256 (64 lower-case hex digits) of that source's bytes: equal digests mean
    equal node types. `source_name` names the source to people: a file's name, never its path.
    One source may bring several entries.
    """

    digest: str
    source_name: str
    node_type: NodeType


class CatalogProblem(msgspec.Struct, frozen=True, kw_only=True):
    """A source that brings nothing: which one, what is wrong with it, and what to do."""

    source_name: str
    message: str
    hint: str = ""


class CatalogSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A source of node types besides those that a plugin's code names.

    `load()` reads it and runs nothing that it finds there. It is called in each process when the
    plugin is loaded, may block for about a second, and puts what it cannot use into the answer as
    a `CatalogProblem`, so that one bad file costs nothing but itself.

    `stamp()` says quickly, in a few milliseconds, in which state the source is. The API asks each
    second, and loads again when the answer is another: what comes, changes or goes while the
    studio runs is then seen on open canvases. Without it the source is read once.

        CatalogSpec(name="cards", title="Index cards", load=lambda: read_cards(settings.folder),
                    stamp=lambda: settings.folder.stat().st_mtime_ns)
    """

    name: str
    title: str
    load: Callable[[], Sequence[CatalogEntry | CatalogProblem]]
    stamp: Callable[[], Hashable] | None = None
