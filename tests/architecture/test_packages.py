"""What is shipped: the lock file of everybody's index, and a wheel with all that it needs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tree import DISTRIBUTIONS, ROOT, tracked

INDEX = "https://pypi.org/simple"
HOSTS = {"pypi.org", "files.pythonhosted.org"}


def test_the_lock_file_names_the_one_index_and_no_mirror() -> None:
    text = (ROOT / "uv.lock").read_text(encoding="utf-8")
    assert {urlsplit(url).hostname for url in re.findall(r'"(https?://[^"]+)"', text)} == HOSTS
    for package in tomllib.loads(text)["package"]:
        source = package["source"]
        assert source.get("registry") == INDEX or source.keys() <= {"editable", "virtual"}, package


def test_our_distributions_share_licence_and_pythons() -> None:
    for folder in DISTRIBUTIONS.values():
        project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
        assert project["license"] == "Apache-2.0"
        assert project["requires-python"] == ">=3.11,<3.14"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The studio's wheel, built from the tracked files alone, as a release is."""
    source = tmp_path_factory.mktemp("source")
    for path in tracked("app", "migrations", "pyproject.toml", "README.md", "LICENSE"):
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, source / path)
    built = tmp_path_factory.mktemp("built")
    # `uv run` tells its own place in UV.
    uv = os.environ.get("UV") or shutil.which("uv")
    assert uv, "There is no uv: run the tests with `make test`, or install it."
    command = [uv, "build", "--wheel", "--no-sources", "--python", sys.executable, "-o", built]
    done = subprocess.run([*command, source], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(next(Path(built).glob("*.whl")))


def test_the_wheel_has_what_the_studio_reads(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    for path in tracked("migrations", ending=".py"):
        assert f"app/shipped/{path.as_posix()}" in names
    for path in tracked("app"):
        assert path.as_posix() in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_wheel_brings_the_program_and_its_plugins(wheel: zipfile.ZipFile) -> None:
    told = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    text = wheel.read(told).decode()
    assert "director = app.cli:main" in text
    assert "[director.plugins]" in text
    assert "film = app.vocabulary" in text
