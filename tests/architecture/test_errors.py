"""Errors that people see: a code that programs branch on, and a sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tree import syntax_of, tracked

ERRORS = {"DirectorError", "BackendError"}
CODE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


def raised() -> Iterator[tuple[Path, ast.Call]]:
    """Every place that makes an error of ours."""
    for path in tracked("app", "node_registry/src", "plugins", ending=".py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(syntax_of(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) in ERRORS:
                yield path, node


def test_codes_are_area_dot_reason() -> None:
    wrong = [
        f"{path}:{call.lineno}: {call.args[0].value!r}"
        for path, call in raised()
        if call.args
        and isinstance(call.args[0], ast.Constant)
        and not CODE.fullmatch(str(call.args[0].value))
    ]
    assert not wrong


def test_messages_are_sentences() -> None:
    wrong = []
    seen = 0
    for path, call in raised():
        literal = call.args[1] if len(call.args) > 1 else None
        if isinstance(literal, ast.Constant) and isinstance(literal.value, str):
            seen += 1
            text = literal.value
            if (
                len(text) < 10
                or text[-1] not in ".?!”"
                or not (text[0].isupper() or text[0] in '"`')
            ):
                wrong.append(f"{path}:{call.lineno}: {text!r}")
    assert seen > 20, "the test looks at nothing"
    assert not wrong
