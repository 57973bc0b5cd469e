"""What a Struct takes at some place of it, for hints on unknown fields and values.

msgspec says where an error is by a path such as `ops[0].values`; the type is walked along it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import inspect

from .nearest import nearest

_UNKNOWN = re.compile("Object contains unknown field `(.*)`")
_PATH = re.compile(r"\[[^\]]*\]|[^.\[\]]+")
SHOWN = 12


def unknown_field(message: str) -> str | None:
    """The field that a message of msgspec calls unknown."""
    found = _UNKNOWN.match(message)
    return found[1] if found else None


def hint_for_field(name: str, kind: Any, path: str = "") -> str:
    """Which field was meant by this one at a path of a type, or which there are."""
    return hint_for(name, _fields(kind, path), "field")


def hint_for_value(value: str, kind: Any, path: str) -> str:
    """Which value was meant by this one, or which there are; nothing where any would do."""
    return hint_for(value, _values(kind, path), "value")


def hint_for(name: str, known: frozenset[str], what: str) -> str:
    """`The field is …`, or `There are: …`; nothing where nothing is known."""
    meant = nearest(name, known)
    if meant is not None:
        return f"The {what} is `{meant}`."
    shown = [f"`{one}`" for one in sorted(known)]
    more = ", …" if len(shown) > SHOWN else ""
    return f"There are: {', '.join(shown[:SHOWN])}{more}." if shown else ""


def _fields(kind: Any, path: str) -> frozenset[str]:
    return frozenset(
        field.encode_name
        for found in _at(kind, _PATH.findall(path))
        if isinstance(found, inspect.StructType)
        for field in found.fields
    )


def _values(kind: Any, path: str) -> frozenset[str]:
    *parents, last = _PATH.findall(path) or [""]
    tags = {
        str(found.tag)
        for found in _at(kind, parents)
        if isinstance(found, inspect.StructType) and found.tag_field == last
    }
    values: set[str] = set()
    for found in _at(kind, [*parents, last]):
        if isinstance(found, inspect.LiteralType):
            values.update(str(value) for value in found.values)
        elif isinstance(found, inspect.EnumType):
            values.update(str(member.value) for member in found.cls)
    return frozenset(tags | values)


def _at(kind: Any, path: list[str]) -> Iterator[inspect.Type]:
    """The types that may stand at a path; none where nothing is known of it."""
    found = list(_plain(inspect.type_info(kind)))
    for step in path:
        found = [inner for outer in found for inner in _inside(outer, step)]
    yield from found


def _plain(kind: inspect.Type) -> Iterator[inspect.Type]:
    """The members of a union, one by one, without what only describes them."""
    if isinstance(kind, inspect.Metadata):
        yield from _plain(kind.type)
    elif isinstance(kind, inspect.UnionType):
        for member in kind.types:
            yield from _plain(member)
    else:
        yield kind


def _inside(kind: inspect.Type, step: str) -> Iterator[inspect.Type]:
    if isinstance(kind, inspect.StructType):
        for field in kind.fields:
            if field.encode_name == step:
                yield from _plain(field.type)
    elif isinstance(kind, inspect.DictType):
        yield from _plain(kind.value_type)
    elif isinstance(
        kind, inspect.ListType | inspect.VarTupleType | inspect.SetType | inspect.FrozenSetType
    ):
        yield from _plain(kind.item_type)
    elif isinstance(kind, inspect.TupleType):
        for item in kind.item_types:
            yield from _plain(item)


def describe(error: msgspec.DecodeError) -> tuple[str, str]:
    """The message of an error, and the path at which it is, without `$` and dot."""
    message, _, place = str(error).partition(" - at `")
    return message, place.rstrip("`").lstrip("$.")
