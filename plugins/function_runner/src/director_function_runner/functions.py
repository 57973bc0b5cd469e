"""The functions in the operator's folder: each manifest, and the files that lie beside it.

Nothing that is found is run. Where they lie, and what belongs to each, is in `folder.py`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from node_registry import DirectorError, NodeType

from .folder import MANIFEST, MOST_FUNCTIONS, files_beside, manifests_in, source_name
from .manifest import Function, Manifest
from .node_types import node_types
from .reading import LARGEST, read_manifest


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """One function of a manifest: what runs for a node of this type.

    `folder` has the files beside the manifest, or is None for a manifest that stands alone.
    `digest` is that of the manifest and of these files.
    """

    node_type: NodeType
    manifest: Manifest
    name: str
    function: Function
    source_name: str
    digest: str
    folder: Path | None


class Faulty(msgspec.Struct, frozen=True, kw_only=True):
    """A manifest that cannot be used: its file, and each of its faults as a sentence."""

    source_name: str
    message: str
    hint: str
    faults: list[str]


def read_functions(folder: Path) -> list[Declared | Faulty]:
    """All functions in a folder, by the names of their files.

    Raises `function.no_folder` when it cannot be read.
    """
    found: list[Declared | Faulty] = []
    owners: dict[str, str] = {}
    paths = manifests_in(folder)
    for path in paths[:MOST_FUNCTIONS]:
        try:
            declared = read_function(path)
        except DirectorError as error:
            found.append(_faulty(source_name(path), error))
            continue
        name = declared[0].manifest.name
        if other := owners.get(name):
            found.append(
                Faulty(
                    source_name=source_name(path),
                    message=f"{other} has the name {name!r} already.",
                    hint="Give one of them another name.",
                    faults=[f"{other} has the name {name!r} already."],
                )
            )
            continue
        owners[name] = source_name(path)
        found.extend(declared)
    if len(paths) > MOST_FUNCTIONS:
        message = f"It and all after it were left out: a folder has {MOST_FUNCTIONS} manifests."
        found.append(
            Faulty(
                source_name=source_name(paths[MOST_FUNCTIONS]),
                message=message,
                hint="Move those that you do not use elsewhere.",
                faults=[message],
            )
        )
    return found


def read_function(path: Path) -> list[Declared]:
    """The functions that one manifest declares. Raises `function.…`, with `faults`."""
    folder = path.parent if path.name == MANIFEST else None
    try:
        # A pipe or a device would keep the studio from starting.
        if not path.is_file():
            raise DirectorError("function.no_file", "It is not a plain file.")
        with path.open("rb") as file:
            text = file.read(LARGEST + 1)
        manifest = read_manifest(text, beside=folder is not None)
        digest = hashlib.sha256(text)
        if folder is not None:
            for name, own in sorted(files_beside(folder)):
                with own.open("rb") as file:
                    content = hashlib.file_digest(file, "sha256").hexdigest()
                digest.update(f"\0{name}\0{content}".encode())
    except OSError as error:
        raise DirectorError("function.no_file", f"It cannot be read: {error.strerror}.") from error
    functions = manifest.each_function()
    types = node_types(manifest, digest.hexdigest())
    return [
        Declared(
            node_type=node_type,
            manifest=manifest,
            name=name,
            function=function,
            source_name=source_name(path),
            digest=digest.hexdigest(),
            folder=folder,
        )
        for (name, function), node_type in zip(functions.items(), types, strict=True)
    ]


def _faulty(source_name: str, error: DirectorError) -> Faulty:
    faults = error.fields.get("faults")
    return Faulty(
        source_name=source_name,
        message=error.message,
        hint=error.hint,
        faults=[str(fault) for fault in faults] if isinstance(faults, list) else [error.message],
    )
