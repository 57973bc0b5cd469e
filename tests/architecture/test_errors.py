"""Errors that people see: a code that programs branch on, and a sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tree import syntax_of, text_of, tracked

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


def test_one_code_has_one_status_and_the_statuses_are_documented() -> None:
    documented = set(re.findall(r"^\| (\d{3}) \|", text_of(Path("docs/api.md")), re.MULTILINE))
    statuses: dict[str, dict[str, str]] = {}
    for path, call in raised():
        # A BackendError ends a task and answers no request.
        if getattr(call.func, "id", None) != "DirectorError" or not isinstance(
            call.args[0], ast.Constant
        ):
            continue
        given = next((k.value for k in call.keywords if k.arg == "status"), ast.Constant(400))
        if isinstance(given, ast.Constant):
            places = statuses.setdefault(str(call.args[0].value), {})
            places[str(given.value)] = f"{path}:{call.lineno}"
    assert len(statuses) > 100, "the test looks at nothing"
    assert not {code: places for code, places in statuses.items() if len(places) > 1}
    undocumented = {
        place
        for places in statuses.values()
        for status, place in places.items()
        if status not in documented
    }
    assert not undocumented, "see the table of statuses in docs/api.md"
