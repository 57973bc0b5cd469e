"""Order keys: strings that leave room between any two, so that nothing else is renumbered."""

from __future__ import annotations

from functools import cache

from fractional_indexing import (
    FIError,
    generate_key_between,
    generate_n_keys_between,
    validate_order_key,
)

from node_registry import DirectorError

MAX_LENGTH = 256
# So many keys of an empty list are remembered: most lists that a script makes are short.
_FEW = 64


def key_between(before: str | None, after: str | None) -> str:
    """A key that sorts between two others; None stands for the very start or end."""
    return keys_between(before, after, 1)[0]


def keys_between(before: str | None, after: str | None, count: int) -> list[str]:
    """So many keys in a row between two others, each as short as it can be."""
    try:
        if count == 1:
            return [generate_key_between(before, after)]
        if before is None and after is None and count <= _FEW:
            return list(_first_keys(count))
        return generate_n_keys_between(before, after, count)
    except (FIError, ValueError, IndexError, RecursionError) as error:
        raise DirectorError(
            "graph.bad_order",
            f"Nothing fits between the places {before!r} and {after!r}.",
            hint="The first must be a valid order key that sorts before the second.",
        ) from error


@cache
def _first_keys(count: int) -> tuple[str, ...]:
    return tuple(generate_n_keys_between(None, None, count))


def is_order_key(key: str) -> bool:
    """Whether a string is an order key that others can be placed beside."""
    if not 0 < len(key) <= MAX_LENGTH or not (key.isascii() and key.isalnum()):
        return False
    try:
        validate_order_key(key)
    except FIError:
        return False
    return True
