"""Walking the objects of a local folder in the order of their keys, without holding them all."""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from .keys import DIGESTS, KEYS, OBJECTS, is_digest, unescape


def walk(root: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    """Every key below the root that begins with `prefix`, and where its bytes lie, in order."""
    return heapq.merge(
        _digests(root, OBJECTS, prefix),
        _named(root / KEYS, "", prefix),
        key=lambda found: found[0],
    )


def _named(folder: Path, stem: str, prefix: str) -> Iterator[tuple[str, Path]]:
    if not _meet(stem, prefix):
        return
    plain: list[tuple[str, Path, bool]] = []
    cut: list[tuple[str, Path]] = []
    digests: list[Path] = []
    for entry in _entries(folder):
        path = folder / entry.name
        if entry.name == DIGESTS:
            digests.append(path)
        elif entry.is_dir(follow_symlinks=False):
            if entry.name.endswith("+"):
                cut.append((stem + unescape(entry.name[:-1]), path))
            else:
                plain.append((stem + unescape(entry.name) + "/", path, True))
        elif entry.name.endswith("@"):
            plain.append((stem + unescape(entry.name[:-1]), path, False))
    plain.sort()
    ordered = chain.from_iterable(
        _named(path, key, prefix) if folder_ else _one(key, path, prefix)
        for key, path, folder_ in plain
    )
    # Only the continued names and the digests can lie between the others: the rest is in order.
    yield from heapq.merge(
        ordered,
        *(_named(path, key, prefix) for key, path in cut),
        *(_digests(path, stem, prefix) for path in digests),
        key=lambda found: found[0],
    )


def _digests(folder: Path, stem: str, prefix: str) -> Iterator[tuple[str, Path]]:
    for first in _shards(folder, stem, "", prefix):
        for second in _shards(folder / first, stem, first, prefix):
            leaf = folder / first / second
            for name in sorted(entry.name for entry in _entries(leaf) if is_digest(entry.name)):
                yield from _one(stem + name, leaf / name, prefix)


def _shards(folder: Path, stem: str, begun: str, prefix: str) -> list[str]:
    return sorted(
        entry.name
        for entry in _entries(folder)
        if len(entry.name) == 2 and _meet(stem + begun + entry.name, prefix)
    )


def _one(key: str, path: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    if key.startswith(prefix):
        yield key, path


def _meet(stem: str, prefix: str) -> bool:
    return stem.startswith(prefix) or prefix.startswith(stem)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    # A folder may go away while it is walked, since objects are deleted meanwhile.
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []
