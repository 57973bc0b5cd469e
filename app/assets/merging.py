"""What becomes of an edit that was made on an older version: merged field by field, or a conflict.

Pure: contents in, contents out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from .model import Content


class FieldConflict(msgspec.Struct, frozen=True, kw_only=True):
    """A field that two people changed to different values since `base`."""

    field: str
    base: Any
    theirs: Any
    yours: Any


def merge(
    base: Content, now: Content, wanted: Mapping[str, Any]
) -> tuple[Content, list[FieldConflict]]:
    """The content with the wanted values, and the fields where somebody else was before.

    A field that nobody changed since `base` takes the wanted value; one that was changed to just
    that stays. Lists are merged by their entries: what either added is there, what either took
    away is not.
    """
    merged = dict(now)
    conflicts: list[FieldConflict] = []
    for field, value in wanted.items():
        before, theirs = base.get(field), now.get(field)
        if value in (before, theirs):
            # Unchanged by this edit, or the same change twice: whatever is there now stays.
            continue
        if theirs == before:
            merged[field] = value
        elif all(isinstance(part, list) for part in (before, theirs, value)):
            merged[field] = _merge_lists(before, theirs, value)  # type: ignore[arg-type]
        else:
            conflicts.append(FieldConflict(field=field, base=before, theirs=theirs, yours=value))
    return merged, conflicts


def changed_fields(before: Content, after: Content) -> list[str]:
    """The names of the fields that differ."""
    names = [*after, *(name for name in before if name not in after)]
    return [name for name in names if before.get(name) != after.get(name)]


def _merge_lists(base: list[Any], theirs: list[Any], yours: list[Any]) -> list[Any]:
    """Their list, without what you took away, and with what you added after its neighbour."""
    merged = [entry for entry in theirs if entry in yours or entry not in base]
    for place, entry in enumerate(yours):
        if entry in base or entry in merged:
            continue
        before = [other for other in yours[:place] if other in merged]
        merged.insert(merged.index(before[-1]) + 1 if before else 0, entry)
    return merged
