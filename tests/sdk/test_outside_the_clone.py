"""The tutorial's plugins, tested as their author would: in a folder of their own, from wheels."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MARK = re.compile(r"^<!-- run in an empty folder -->\n```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.system


def documented_commands() -> str:
    """The commands that the tutorial gives to test a plugin in a folder of its own."""
    (block,) = MARK.findall((ROOT / "docs/plugin-tutorial.md").read_text(encoding="utf-8"))
    return block


@pytest.fixture
def environment() -> dict[str, str]:
    """A shell in which nothing of this checkout is known but `STUDIO`."""
    uv = os.environ.get("UV") or shutil.which("uv")
    assert uv, "There is no uv: run the tests with `make test`, or install it."
    ours = ("PYTHON", "PYTEST", "VIRTUAL_ENV", "DIRECTOR", "UV_PROJECT", "UV_PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {
        "PATH": f"{Path(uv).parent}{os.pathsep}{kept.get('PATH', '')}",
        "STUDIO": str(ROOT),
        "UV_PYTHON": f"{sys.version_info.major}.{sys.version_info.minor}",
    }


@pytest.mark.parametrize(("plugin", "suites"), [("tone", 1), ("cues", 4)])
def test_a_plugin_is_tested_as_the_tutorial_says(
    plugin: str, suites: int, environment: dict[str, str], tmp_path: Path
) -> None:
    commands = documented_commands()
    assert commands.count("tone") == 3, "the tutorial names the folder of the plugin"
    done = subprocess.run(
        ["bash", "-euc", commands.replace("tone", plugin)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (passed,) = re.findall(r"(\d+) passed", done.stdout)
    assert int(passed) > 10 * suites
    assert not re.findall(r"\d+ (?:skipped|failed|error|warning)", done.stdout), done.stdout
    # What was tried is what was installed from the wheel, not this checkout.
    installed = list((tmp_path / plugin).glob(".venv/lib/python*/site-packages/node_registry"))
    assert len(installed) == 1
