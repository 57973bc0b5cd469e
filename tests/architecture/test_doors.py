"""A plugin's door is light: the studio opens every one of them in each process, at each start."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib

import pytest
from tree import DISTRIBUTIONS, ROOT

HEAVY = (
    "PIL", "aioboto3", "aiobotocore", "av", "botocore", "git", "numpy", "opentimelineio",
    "asyncpg", "httpx", "litestar", "piccolo", "redis", "yaml",
)  # fmt: skip


def doors() -> list[str]:
    """The modules that our entry points name."""
    found = []
    for folder in DISTRIBUTIONS.values():
        project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
        found += project.get("entry-points", {}).get("director.plugins", {}).values()
    return sorted(found)


def heavy_after(code: str) -> list[str]:
    """The heavy modules that a fresh interpreter has after running some code."""
    program = (
        f"{code}\nimport json, sys\nprint(json.dumps(sorted(set({HEAVY!r}) & {{*sys.modules}})))"
    )
    output = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return json.loads(output.stdout)


def test_the_test_sees_what_is_heavy() -> None:
    assert heavy_after("import numpy") == ["numpy"]


@pytest.mark.parametrize("door", doors())
def test_a_door_imports_nothing_heavy(door: str) -> None:
    assert heavy_after(f"import {door}") == []


def test_loading_every_plugin_imports_nothing_heavy() -> None:
    code = "from app.platform.plugins import load_plugins\nload_plugins('api', strict=True)"
    assert heavy_after(code) == []
