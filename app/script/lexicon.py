"""Word lists, written as words in a row."""

from __future__ import annotations


def words(row: str) -> frozenset[str]:
    """The words of a row, as a set."""
    return frozenset(row.split())
