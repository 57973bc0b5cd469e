"""`SCENE_01/SHOT_010` is made in one place, so that all who name a shot name it alike."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tree import syntax_of, tracked

HOME = Path("node_registry/src/node_registry/film.py")
_PREFIX = re.compile(r"(?:^|[/ ])(?:SCENE|SHOT)_$")


def _built_names(tree: ast.Module) -> list[int]:
    """The lines on which a text that begins such a name is put together with something."""
    found: list[int] = []
    for node in ast.walk(tree):
        parts: list[ast.expr] = []
        if isinstance(node, ast.JoinedStr):
            parts = node.values
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            parts = [node.left, node.right]
        if any(
            isinstance(part, ast.Constant)
            and isinstance(part.value, str)
            and _PREFIX.search(part.value)
            for part in parts
        ):
            found.append(node.lineno)
    return found


def test_the_test_sees_a_name_being_made() -> None:
    assert _built_names(ast.parse('f"SCENE_{a}/SHOT_{b}"')) == [1]
    assert _built_names(ast.parse('"SHOT_" + code')) == [1]
    assert _built_names(ast.parse('"SCENE_01"')) == []


def test_names_of_scenes_and_shots_are_made_in_one_place() -> None:
    modules = tracked("app", "node_registry", "plugins", ending=".py")
    found = [
        f"{path}:{line}"
        for path in modules
        if path != HOME and "tests" not in path.parts
        for line in _built_names(syntax_of(path))
    ]
    assert not found, f"node_registry.film makes these names: {found}"
