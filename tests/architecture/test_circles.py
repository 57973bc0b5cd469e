"""No module needs itself: neither at once, nor through others, whatever the import stands under."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable, Mapping
from pathlib import Path

from tree import DISTRIBUTIONS, source_of, syntax_of


def modules() -> dict[str, Path]:
    """Every module of ours by its import name; a package stands for its `__init__`."""
    found: dict[str, Path] = {}
    for package in DISTRIBUTIONS:
        for path in source_of(package):
            parts = path.with_suffix("").parts
            parts = parts[parts.index(package) :]
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_in(tree: ast.Module, package: str, ours: Container[str]) -> set[str]:
    """Which modules of ours a module imports, also relatively or for the type checker alone.

    `from package import name` needs the module `package.name`, if there is one, else the package.
    """
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name in ours}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: package.count(".") + 2 - node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                name = f"{base}.{alias.name}"
                found |= {name} if name in ours else {base} if base in ours else set()
    return found


def graph() -> dict[str, set[str]]:
    """Which modules of ours each of them imports."""
    ours = modules()
    return {
        module: imports_in(
            syntax_of(path),
            module if path.name == "__init__.py" else module.rpartition(".")[0],
            ours,
        )
        for module, path in ours.items()
    }


def circles_of(edges: Mapping[str, Iterable[str]]) -> list[frozenset[str]]:
    """The sets of modules that reach each other, by Tarjan's algorithm without recursion."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[frozenset[str]] = []
    for start in sorted(edges):
        if start in number:
            continue
        work = [(start, iter(sorted(edges[start])))]
        number[start] = low[start] = len(number)
        stack.append(start)
        on_stack.add(start)
        while work:
            module, left = work[-1]
            for needed in left:
                if needed not in number:
                    number[needed] = low[needed] = len(number)
                    stack.append(needed)
                    on_stack.add(needed)
                    work.append((needed, iter(sorted(edges[needed]))))
                    break
                if needed in on_stack:
                    low[module] = min(low[module], number[needed])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    low[above] = min(low[above], low[module])
                if low[module] == number[module]:
                    circle = set()
                    while module not in circle:
                        circle.add(stack.pop())
                    on_stack -= circle
                    if len(circle) > 1 or module in edges[module]:
                        found.append(frozenset(circle))
    return found


def test_no_module_needs_itself() -> None:
    found = circles_of(graph())
    named = "; ".join(" ↔ ".join(sorted(circle)) for circle in found)
    assert not found, f"these import each other: {named}"


def test_circles_are_found() -> None:
    edges = {"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": {"e"}, "e": set[str](), "f": {"f"}}
    assert set(circles_of(edges)) == {frozenset("abc"), frozenset("f")}


def test_imports_are_found_wherever_they_stand() -> None:
    text = (
        "import app.one\nfrom app import two, shown\nfrom . import three\nfrom .four import x\n"
        "from ..five import y\nif TYPE_CHECKING:\n    from .six import z\n"
        "def f():\n    from app.seven import w\nimport json\n"
    )
    ours = {"app", "app.one", "app.two", "app.domain.three", "app.domain.four", "app.five",
            "app.domain.six", "app.seven"}  # fmt: skip
    assert imports_in(ast.parse(text), "app.domain", ours) == ours
