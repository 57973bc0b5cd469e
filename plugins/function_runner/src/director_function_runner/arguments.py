"""The command of a step as a list of arguments. There is no shell, and no text becomes a flag."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping

from .manifest import Argument, Flag, Scalar, Step
from .values import Value, Values, bad_input

_REFERENCE = re.compile(r"\{([^{}]*)\}")
_CONDITION = re.compile(r"([a-z][a-z0-9_]*)(?:\s*(==|!=|>=|<=|>|<)\s*([\w.+-]+))?")
_COMPARE = {">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le}


def command_of(step: Step, values: Values, places: Mapping[str, str]) -> list[str]:
    """Program and arguments of a step.

    `places` are what the built-in names stand for. A pair whose input is not set disappears.
    """
    found: list[str] = []
    for part in step.command:
        found.append(_free(_filled(part, values, places), part))
    for argument in step.args:
        found.extend(_argument(argument, values, places))
    return found


def holds(condition: str | bool | None, values: Values) -> bool:
    """Whether a condition such as `offload == model` holds; an input's name alone: it is set."""
    if condition is None or isinstance(condition, bool):
        return condition is not False
    match = _CONDITION.fullmatch(condition.strip())
    if match is None:
        return False
    name, sign, wanted = match.groups()
    value = values.by_name.get(name)
    if sign is None:
        return bool(value)
    if sign in ("==", "!="):
        return (_text(value) == wanted) == (sign == "==")
    try:
        return _COMPARE[sign](float(_text(value)), float(wanted))
    except ValueError:
        return False


def filled(template: str, values: Values, places: Mapping[str, str]) -> str:
    """A template with its names replaced by what they stand for; empty for what is not set."""
    return _filled(template, values, places) or ""


def _argument(argument: Argument, values: Values, places: Mapping[str, str]) -> list[str]:
    if isinstance(argument, Flag):
        if argument.values:
            value = values.by_name.get(argument.values)
            listed = value if isinstance(value, list) else [] if value is None else [value]
            texts = [_free(_text(one), f"{{{argument.values}}}") for one in listed]
            return [argument.flag, *texts] if texts else []
        return [argument.flag] if holds(argument.when, values) else []
    parts = [_filled(part, values, places) for part in argument]
    if any(part is None for part in parts):
        return []
    if len(parts) == 2 and str(argument[0]).startswith("--"):
        flag, value = str(parts[0]), str(parts[1])
        # `--prompt --weights=/x` would be two flags to the program that reads them.
        return [f"{flag}={value}"] if value.startswith("-") else [flag, value]
    flags = [str(argument[0])] if str(argument[0]).startswith("-") else []
    rest = zip(parts[len(flags) :], argument[len(flags) :], strict=True)
    return [*flags, *(_free(part, template) for part, template in rest)]


def _free(text: str | None, template: Scalar) -> str:
    """Text that stands alone among the arguments: what people typed must not become a flag."""
    found = text or ""
    if found.startswith("-") and not str(template).startswith("-"):
        names = _REFERENCE.findall(str(template))
        raise bad_input(names[0] if names else "command", "It must not begin with a dash here.")
    return found


def _filled(template: Scalar, values: Values, places: Mapping[str, str]) -> str | None:
    """None when an input that it names is not set."""
    if not isinstance(template, str):
        return _text(template)
    missing = False

    def replace(match: re.Match[str]) -> str:
        nonlocal missing
        name = match[1]
        if name in places:
            return places[name]
        value = values.by_name.get(name)
        if value is None or value == []:
            missing = True
            return ""
        return _text(value)

    text = _REFERENCE.sub(replace, template)
    return None if missing else text


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(value)
    return "" if value is None else str(value)
