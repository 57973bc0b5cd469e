"""What must hold for one input of a function, and for a value that is set for it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from . import templates
from .manifest import Input, Scalar
from .sockets import MEDIA

_NUMBERS = ("int", "float")
_LARGEST = 2**63 - 1
_RULE = re.compile(r"([1-9][0-9]{0,3})n(?:\+([0-9]{1,4}))?")


def check_input(at: str, name: str, declared: Input) -> Iterator[str]:
    """The faults of an input, each one sentence with the key that it is at."""
    if not templates.is_name(name):
        yield f"{at}: a name has small letters, digits and _, at most 64 of them."
    yield from _keys(at, declared)
    limits = [limit for limit in (declared.min, declared.max, declared.step) if limit is not None]
    if not all(math.isfinite(limit) and abs(limit) <= _LARGEST for limit in limits):
        yield f"{at}: min, max and step are numbers of at most 63 bits."
    elif declared.min is not None and declared.max is not None and declared.min > declared.max:
        yield f"{at}.min: it is above max."
    if declared.step is not None and not declared.step > 0:
        yield f"{at}.step: write a number above 0."
    if declared.type == "enum" and len(set(declared.choices)) != len(declared.choices):
        yield f"{at}.choices: one stands there twice."
    if declared.pattern:
        try:
            re.compile(declared.pattern)
        except (re.error, RecursionError, OverflowError) as error:
            yield f"{at}.pattern: it is no regular expression ({error})."
            return
        if len(declared.pattern) > 500:
            yield f"{at}.pattern: it is longer than 500 characters."
            return
    if declared.rule and not _RULE.fullmatch(declared.rule):
        yield f"{at}.rule: write a rule for whole numbers, such as 4n+1."
    if declared.default is not None and (wrong := fits(declared, declared.default)):
        yield f"{at}.default: {wrong}"


def fits(declared: Input, value: Scalar) -> str | None:
    """Why a value does not fit an input, in a sentence; None when it does."""
    kind = declared.type
    if kind in MEDIA:
        return "bytes come by an edge; leave it out."
    if kind == "bool":
        return None if isinstance(value, bool) else "write true or false."
    if kind in _NUMBERS:
        if isinstance(value, bool) or not isinstance(value, int if kind == "int" else (int, float)):
            return "write a whole number." if kind == "int" else "write a number."
        if not math.isfinite(value) or abs(value) > _LARGEST:
            return "write a number of at most 63 bits."
        if declared.min is not None and value < declared.min:
            return f"{value} is below min."
        if declared.max is not None and value > declared.max:
            return f"{value} is above max."
        rule = _RULE.fullmatch(declared.rule)
        if rule and value % int(rule[1]) != int(rule[2] or 0) % int(rule[1]):
            return f"{value} is not {declared.rule}."
        return None
    if not isinstance(value, str):
        return "write a text, in quotes."
    if kind == "enum" and value not in declared.choices:
        return f"{value[:40]!r} is none of the choices."
    if declared.pattern and not re.search(declared.pattern, value):
        return "it does not match pattern."
    return None


def _keys(at: str, declared: Input) -> Iterator[str]:
    """Keys that say nothing for this type: whoever wrote them expects something of them."""
    kind = declared.type
    numbers = declared.min is not None or declared.max is not None or declared.step is not None
    if numbers and kind not in _NUMBERS:
        yield f"{at}: min, max and step are for int and float."
    if declared.rule and kind != "int":
        yield f"{at}.rule: it is for int."
    if declared.random_value is not None and kind != "int":
        yield f"{at}.random_value: it is for int."
    if bool(declared.choices) != (kind == "enum"):
        yield f"{at}.choices: an enum, and no other type, has some."
    if bool(declared.glob) != (kind == "choice_from_files"):
        yield f"{at}.glob: choice_from_files, and no other type, has one."
    if declared.pattern and kind != "string":
        yield f"{at}.pattern: it is for string."
    items = declared.min_items is not None or declared.max_items is not None
    if (declared.many or items) and kind not in MEDIA:
        yield f"{at}.many: only what is bytes comes several times."
    if items and not declared.many:
        yield f"{at}: min_items and max_items need many: true."
    if declared.required and declared.default is not None:
        yield f"{at}: it is required and has a default; leave one out."
    if declared.hidden and declared.default is None:
        yield f"{at}.default: nobody sees a hidden input; give it a value."
