"""Reads YAML that nobody vouches for: plain values, no aliases, no tags, no key twice, no depth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

DEEPEST = 24

# The one in C is ten times as fast, and PyYAML's wheels have it; both know plain values only.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Refused(Exception):
    """Text that is no YAML, or more of it than plain values; the sentence says where."""


Path = tuple[str | int, ...]


def read(text: str) -> object:
    """The plain values in a YAML text. Raises `Refused`."""
    try:
        # What makes a small file large is found before anything is built from it.
        _check(yaml.parse(text, Loader=_Loader))
        loader = _Loader(text)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        what = (error.problem or error.context or "it cannot be read").strip()
        place = _place(error.problem_mark or error.context_mark)
        raise Refused(f"a fault {place} ({what[:200]})") from error
    except yaml.YAMLError as error:
        raise Refused(f"a character that text does not have ({type(error).__name__})") from error
    except ValueError as error:
        # A number of thousands of digits, or a date such as 2026-02-31.
        raise Refused(f"a value that cannot be: {str(error)[:120]}") from error


def line_of(text: str, path: Path) -> int:
    """The line, from 1, of what stands at a path of a text that `read` took.

    A part of the path that is not there ends it: a key that is missing is told at its owner. An
    entry of a list is found by its number, or by its `id` or `name`.
    """
    node: yaml.Node = yaml.compose(text, Loader=_Loader)
    line = node.start_mark.line
    for step in path:
        found = _child(node, str(step))
        if found is None:
            break
        mark, node = found
        line = mark.line
    return line + 1


def _child(node: yaml.Node, step: str) -> tuple[Any, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        pairs = ((key, value) for key, value in node.value if key.value == step)
        return next(((key.start_mark, value) for key, value in pairs), None)
    if not isinstance(node, yaml.SequenceNode):
        return None
    for number, entry in enumerate(node.value):
        named = isinstance(entry, yaml.MappingNode) and any(
            key.value in ("id", "name") and value.value == step for key, value in entry.value
        )
        if named or str(number) == step:
            return entry.start_mark, entry
    return None


def _check(events: Iterable[yaml.Event]) -> None:
    # The keys so far of each mapping that is open, None for a list; and whether a key comes next.
    open_parts: list[set[str] | None] = []
    key_next: list[bool] = []
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            raise Refused(f"an alias (*name) {_place(event.start_mark)}")
        if isinstance(event, yaml.CollectionEndEvent):
            open_parts.pop()
            key_next.pop()
        if not isinstance(event, yaml.NodeEvent):
            continue
        if getattr(event, "tag", None) is not None:
            raise Refused(f"a tag (!name) {_place(event.start_mark)}")
        if open_parts and (keys := open_parts[-1]) is not None:
            if key_next[-1]:
                _add_key(keys, event)
            key_next[-1] = not key_next[-1]
        if isinstance(event, yaml.CollectionStartEvent):
            if len(open_parts) == DEEPEST:
                raise Refused(f"more than {DEEPEST} levels {_place(event.start_mark)}")
            open_parts.append(set() if isinstance(event, yaml.MappingStartEvent) else None)
            key_next.append(True)


def _add_key(keys: set[str], event: yaml.NodeEvent) -> None:
    if not isinstance(event, yaml.ScalarEvent) or event.value == "<<":
        raise Refused(f"a key that is no plain word {_place(event.start_mark)}")
    if event.value in keys:
        raise Refused(f"the key {event.value[:60]!r} twice {_place(event.start_mark)}")
    keys.add(event.value)


def _place(mark: Any) -> str:
    return f"in line {mark.line + 1}" if mark is not None else ""
