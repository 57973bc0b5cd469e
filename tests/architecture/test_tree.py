"""One obvious place for everything: sizes, names and marks that the tree must keep to."""

from __future__ import annotations

import ast
import re
import statistics

from tree import CODE, ROOT, syntax_of, text_of, tracked

LONGEST = 500
MEDIAN = 130
# Names that say nothing of what is inside: whatever lands there has no place of its own.
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "manager", "managers", "common", "misc"}
# Written in pieces, so that this file does not trip over itself.
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
SKIPPED = re.compile(r"pytest\.(?:mark\.)?(?:skip|skipif|x" r"fail|importor" r"skip)\b")
MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(?:home|root|work|Users)/[\w.-]+|/tmp/[\w.-]+/")


def test_no_file_is_long() -> None:
    lengths = {path: text_of(path).count("\n") for path in tracked(*CODE, ending=".py")}
    long = [f"{path}: {lines} lines" for path, lines in lengths.items() if lines > LONGEST]
    assert not long, "split these: " + "; ".join(long)


def test_the_median_file_is_short() -> None:
    sizes = [text_of(path).count("\n") for path in tracked(*CODE, ending=".py")]
    assert statistics.median(size for size in sizes if size) < MEDIAN


def test_names_say_what_is_inside() -> None:
    bad = [
        str(path)
        for path in tracked()
        for part in (*path.parts[:-1], path.stem)
        if EMPTY_NAMES & set(re.split(r"[_\W]+", part.lower()))
    ]
    assert not bad


def test_each_module_begins_by_saying_what_it_is_for() -> None:
    silent = [
        str(path)
        for path in tracked("app", "client", "node_registry", "plugins", "benchmarks", ending=".py")
        if text_of(path).strip() and not ast.get_docstring(syntax_of(path))
    ]
    assert not silent


def test_nothing_is_left_unfinished() -> None:
    found = []
    for path in tracked(*CODE, "benchmarks", "migrations", "docs", "Makefile", ".ci"):
        for number, line in enumerate(text_of(path).splitlines(), 1):
            if UNFINISHED.search(line) or (path.suffix == ".py" and SKIPPED.search(line)):
                found.append(f"{path}:{number}: {line.strip()}")
    assert not found


def test_no_exception_is_swallowed_without_a_word() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path in tracked("app", "client", "node_registry", "plugins", ending=".py")
        for node in ast.walk(syntax_of(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
        and all(isinstance(step, ast.Pass) for step in node.body)
    ]
    assert not found


def test_no_file_names_a_place_of_one_machine() -> None:
    found = []
    for path in tracked():
        # Tests make up paths, to see what happens to them.
        if path.suffix in {".lock", ".otf", ".fdx"} or "tests" in path.parts:
            continue
        for number, line in enumerate(text_of(path).splitlines(), 1):
            if MACHINE_PATH.search(line):
                found.append(f"{path}:{number}: {line.strip()}")
    assert not found


def test_the_makefile_has_short_recipes() -> None:
    recipes: dict[str, int] = {}
    target = ""
    for line in (ROOT / "Makefile").read_text().splitlines():
        if line.startswith("\t"):
            recipes[target] += 1
        elif (match := re.match(r"([\w./-]+):", line)) and not line.startswith("."):
            target = match[1]
            recipes[target] = 0
    assert {"run", "test", "lint", "build"} <= recipes.keys()
    assert all(1 <= recipes[name] <= 3 for name in ("run", "test", "lint", "build")), recipes
