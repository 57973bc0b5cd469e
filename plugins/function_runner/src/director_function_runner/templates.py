"""The names that arguments and conditions of a manifest refer to, found without running them."""

from __future__ import annotations

import re

BUILT_IN = {"job.in", "job.out", "service.port"}

_REFERENCE = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CONDITION = re.compile(r"([a-z][a-z0-9_]*)(?:\s*(?:==|!=|>=|<=|>|<)\s*[\w.+-]+)?")


def references(text: str) -> list[str]:
    """The names between braces in a template, in order."""
    return _REFERENCE.findall(text)


def condition(text: str) -> str | None:
    """The input that a condition such as `offload == model` looks at; None: it is no condition."""
    found = _CONDITION.fullmatch(text.strip())
    return found[1] if found else None


def is_name(text: str) -> bool:
    """Whether an input, an output or a function may be called so."""
    return bool(_NAME.fullmatch(text)) and len(text) <= 64
