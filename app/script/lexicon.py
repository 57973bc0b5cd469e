"""Word lists of the readers: files in `words/`, each read once, when it is first asked for."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


def word_set(row: str) -> frozenset[str]:
    """The words of a row, as a set."""
    return frozenset(row.split())


@cache
def words(topic: str, name: str) -> frozenset[str]:
    """A list of `words/<topic>.toml`."""
    return frozenset(_topic(topic)[name].split())


@cache
def groups(topic: str, name: str) -> dict[str, tuple[str, ...]]:
    """A table of `words/<topic>.toml`: what its words stand for, and the words, in the file's
    order."""
    return {meaning: tuple(row.split()) for meaning, row in _topic(topic)[name].items()}


@cache
def _topic(topic: str) -> dict[str, Any]:
    source = files("app.script") / "words" / f"{topic}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
