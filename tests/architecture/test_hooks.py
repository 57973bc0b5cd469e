"""The plugin contract is one page: each hook stands in it as it is, and one of ours uses it."""

from __future__ import annotations

import inspect
import re
import tomllib
from importlib.metadata import entry_points

import pluggy
import pytest
from tree import DISTRIBUTIONS, ROOT

from node_registry import ENTRY_POINT_GROUP, hooks

PAGE = (ROOT / "docs/hooks.md").read_text(encoding="utf-8")
OURS = {
    tomllib.loads((folder / "pyproject.toml").read_text())["project"]["name"]
    for folder in DISTRIBUTIONS.values()
}


def specifications() -> list[str]:
    """The names of all hooks."""
    return [
        name
        for name, thing in vars(hooks).items()
        if inspect.isfunction(thing) and hasattr(thing, f"{hooks.PROJECT}_spec")
    ]


def signature(name: str) -> str:
    """A hook's line of code, as its module has it."""
    told = str(inspect.signature(getattr(hooks, name))).replace("'", "")
    return f"def {name}{told}"


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
