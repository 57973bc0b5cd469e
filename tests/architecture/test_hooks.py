"""The plugin contract is one page: each hook stands in it as it is, and one of ours uses it."""

from __future__ import annotations

import inspect
import re
import tomllib
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any, get_args, get_type_hints

import msgspec
import node_registry.testing
import pluggy
import pytest
from tree import DISTRIBUTIONS, ROOT

import node_registry
from node_registry import ENTRY_POINT_GROUP, hooks

PAGE = (ROOT / "docs/hooks.md").read_text(encoding="utf-8")
OURS = {
    tomllib.loads((folder / "pyproject.toml").read_text())["project"]["name"]
    for folder in DISTRIBUTIONS.values()
}


TABLE = re.compile(
    r"^\| `(\w+)` \| type \| default \| \|\n\|---\|---\|---\|---\|\n((?:\|.*\n)+)", re.M
)
TABLES = {name: rows.splitlines() for name, rows in TABLE.findall(PAGE)}


def specifications() -> list[str]:
    """The names of all hooks."""
    return [
        name
        for name, thing in vars(hooks).items()
        if inspect.isfunction(thing) and hasattr(thing, f"{hooks.PROJECT}_spec")
    ]


def signature(name: str) -> str:
    """A hook's line of code, as its module has it."""
    found = str(inspect.signature(getattr(hooks, name))).replace("'", "")
    return f"def {name}{found}"


@pytest.mark.parametrize("name", specifications())
def test_a_hook_stands_in_the_page_with_its_exact_signature(name: str) -> None:
    written = re.sub(r"\s+", " ", PAGE).replace('"', "")
    assert signature(name).replace('"', "") in written


def test_the_page_names_no_hook_that_is_not_there() -> None:
    assert set(re.findall(r"^def (\w+)\(", PAGE, re.MULTILINE)) >= set(specifications())
    headings = set(re.findall(r"^### `(\w+)`", PAGE, re.MULTILINE))
    assert headings == set(specifications())


def test_each_hook_is_used_by_a_plugin_of_ours() -> None:
    used = set()
    for point in entry_points(group=ENTRY_POINT_GROUP):
        if point.dist is None or point.dist.name not in OURS:
            continue
        manager = pluggy.PluginManager(hooks.PROJECT)
        manager.add_hookspecs(hooks)
        manager.register(point.load(), name=point.name)
        manager.check_pending()
        used |= {name for name in specifications() if getattr(manager.hook, name).get_hookimpls()}
    assert set(specifications()) == used


def returned() -> set[type[msgspec.Struct]]:
    """What the hooks return: the descriptors that a plugin makes."""
    answers = [get_type_hints(getattr(hooks, name))["return"] for name in specifications()]
    found = {part for answer in answers for part in get_args(answer)}
    return {part for part in found if isinstance(part, type) and part is not msgspec.Struct}


def default_of(field: msgspec.structs.FieldInfo) -> str:
    """A field's default as the page writes it; nothing for a field that must be given."""
    value: Any = field.default
    if field.default_factory is not msgspec.NODEFAULT:
        value = field.default_factory()
    if value is msgspec.NODEFAULT:
        return ""
    if isinstance(value, msgspec.Struct):
        return f"`{type(value).__name__}()`"
    written = value.__name__ if inspect.isfunction(value) else repr(value)
    return "`" + written.replace("'", '"') + "`"


def test_each_descriptor_has_a_table_of_its_fields() -> None:
    assert {struct.__name__ for struct in returned()} <= TABLES.keys()


@pytest.mark.parametrize("name", TABLES)
def test_a_table_tells_the_fields_as_they_are(name: str) -> None:
    struct = getattr(node_registry, name)
    wanted = [
        (f"`{field.name}`", f"`{struct.__annotations__[field.name]}`", default_of(field))
        for field in msgspec.structs.fields(struct)
    ]
    rows = [re.split(r"(?<!\\)\|", row)[1:-1] for row in TABLES[name]]
    received = [tuple(cell.strip().replace("\\|", "|") for cell in row) for row in rows]
    assert [row[:3] for row in received] == wanted
    assert all(len(row) == 4 and row[3] for row in received), f"a field of {name} is not explained"


@pytest.mark.parametrize(
    "package", [node_registry, node_registry.testing], ids=lambda p: p.__name__
)
def test_each_public_name_says_what_it_is(package: ModuleType) -> None:
    silent: list[str] = []
    for name in package.__all__:
        thing = getattr(package, name)
        if not inspect.isclass(thing) and not inspect.isfunction(thing):
            continue
        parts = {name: thing}
        if inspect.isclass(thing):
            parts |= {f"{name}.{n}": part for n, part in vars(thing).items() if _is_public(n, part)}
        silent += [where for where, part in parts.items() if not part.__doc__]
    assert not silent


def _is_public(name: str, part: object) -> bool:
    kinds = (property, classmethod, staticmethod)
    shown = inspect.isfunction(part) or isinstance(part, kinds)
    # A test's name is its sentence.
    return shown and not name.startswith(("_", "test_"))
