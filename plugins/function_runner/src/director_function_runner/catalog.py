"""The operator's folder of manifests, read as a catalog of node types."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from node_registry import CatalogEntry, CatalogProblem, DirectorError

from .node_types import node_types
from .reading import LARGEST, read_manifest

MOST_FILES = 500


def read_folder(folder: str) -> list[CatalogEntry | CatalogProblem]:
    """What the manifests in a folder bring, by file name; those below it are not looked at.

    Raises `function.no_folder` when it is not there.
    """
    try:
        files = sorted(
            path
            for path in Path(folder).expanduser().iterdir()
            if path.suffix in (".yaml", ".yml") and not path.name.startswith(".")
        )
    except OSError as error:
        raise DirectorError(
            "function.no_folder",
            f"The folder of manifests cannot be read: {error.strerror}.",
            hint="Set DIRECTOR_PLUGIN_FUNCTION_RUNNER__MANIFESTS to a folder that is there.",
        ) from error
    found: list[CatalogEntry | CatalogProblem] = []
    owners: dict[str, str] = {}
    for path in files[:MOST_FILES]:
        found.extend(_read_file(path, owners))
    if len(files) > MOST_FILES:
        found.append(
            CatalogProblem(
                source_name=files[MOST_FILES].name[:120],
                message=f"It and all after it were left out: a folder has {MOST_FILES} manifests.",
                hint="Move those that you do not use elsewhere.",
            )
        )
    return found


def _read_file(path: Path, owners: dict[str, str]) -> Iterator[CatalogEntry | CatalogProblem]:
    name = path.name[:120]
    try:
        # A pipe or a device would keep the studio from starting.
        if not path.is_file():
            raise DirectorError("function.no_file", "It is not a plain file.")
        with path.open("rb") as file:
            text = file.read(LARGEST + 1)
        manifest = read_manifest(text)
    except DirectorError as error:
        yield CatalogProblem(source_name=name, message=error.message, hint=error.hint)
        return
    except OSError as error:
        yield CatalogProblem(source_name=name, message=f"It cannot be read: {error.strerror}.")
        return
    if other := owners.get(manifest.name):
        yield CatalogProblem(
            source_name=name,
            message=f"{other} has the name {manifest.name!r} already.",
            hint="Give one of them another name.",
        )
        return
    owners[manifest.name] = name
    digest = hashlib.sha256(text).hexdigest()
    for node_type in node_types(manifest, digest):
        yield CatalogEntry(digest=digest, source_name=name, node_type=node_type)
