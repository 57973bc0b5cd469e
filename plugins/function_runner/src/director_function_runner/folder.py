"""The operator's folder of functions: which manifests it has, and the files beside each.

A function is a folder with a `function.yaml`, or a single `<name>.yaml` for a model whose code
comes from a repository.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from node_registry import DirectorError

MANIFEST = "function.yaml"
MOST_FUNCTIONS = 500
MOST_FILES = 2000
MOST_BYTES = 64 << 20
# What Python and editors leave beside a script is no part of the function.
LEFT_OUT = ("__pycache__",)


def manifests_in(folder: Path) -> list[Path]:
    """The manifests of a folder, sorted. Raises `function.no_folder`."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise DirectorError(
            "function.no_folder",
            f"The folder of manifests cannot be read: {error.strerror}.",
            hint="Set DIRECTOR_PLUGIN_FUNCTION_RUNNER__MANIFESTS to a folder that is there.",
        ) from error
    visible = [path for path in entries if not path.name.startswith(".")]
    alone = [path for path in visible if path.suffix in (".yaml", ".yml")]
    folders = [path / MANIFEST for path in visible if path.suffix not in (".yaml", ".yml")]
    return sorted([*alone, *(path for path in folders if os.path.lexists(path))])


def stamp_of(folder: Path) -> tuple[object, ...]:
    """The state of a folder of functions: it is another when a file came, changed or went."""
    try:
        paths = manifests_in(folder)[:MOST_FUNCTIONS]
    except DirectorError:
        return ()
    found: list[object] = []
    for path in paths:
        found.append(_mark(path))
        if path.name == MANIFEST:
            try:
                found.extend(_mark(own) for _, own in sorted(files_beside(path.parent)))
            except (DirectorError, OSError):
                found.append(None)
    return tuple(found)


def _mark(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return str(path)
    return (str(path), found.st_ino, found.st_size, found.st_mtime_ns)


def files_beside(folder: Path) -> Iterator[tuple[str, Path]]:
    """The plain files beside a manifest, without links; hidden ones are not the function's."""
    count = size = 0
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(n for n in folders if not n.startswith(".") and n not in LEFT_OUT)
        for name in names:
            path = Path(root) / name
            found = path.lstat()
            if name.startswith(".") or not stat.S_ISREG(found.st_mode):
                continue
            count, size = count + 1, size + found.st_size
            if count > MOST_FILES or size > MOST_BYTES:
                raise DirectorError(
                    "function.too_large",
                    f"Its folder has more than {MOST_FILES} files or {MOST_BYTES >> 20} MiB.",
                    hint="Leave weights out: name them under `weights`, and they are fetched once.",
                )
            yield str(path.relative_to(folder)), path


def source_name(path: Path) -> str:
    """A manifest's file as people know it: `my-model/function.yaml`, never the whole path."""
    return f"{path.parent.name[:80]}/{MANIFEST}" if path.name == MANIFEST else path.name[:120]
