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


SHIPPED = ("app", "migrations", "hatch_build.py", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tracked files alone, as a release is built from."""
    folder = tmp_path_factory.mktemp("source")
    for path in tracked(*SHIPPED):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, folder / path)
    return folder


def build(source: Path, built: Path) -> subprocess.CompletedProcess[str]:
    # `uv run` tells its own place in UV.
    uv = os.environ.get("UV") or shutil.which("uv")
    assert uv, "There is no uv: run the tests with `make test`, or install it."
    command = [uv, "build", "--wheel", "--no-sources", "--python", sys.executable, "-o", built]
    return subprocess.run([*command, source], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The studio's wheel, with a canvas of one page."""
    built = tmp_path_factory.mktemp("built")
    refused = build(source, built)
    assert refused.returncode != 0, "a wheel without a canvas"
    assert "static/index.html is missing" in refused.stderr
    (source / "static/_app").mkdir(parents=True)
    (source / "static/index.html").write_text("<!doctype html>")
    (source / "static/_app/start.js").write_text("start()")
    done = build(source, built)
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(next(built.glob("*.whl")))


def test_the_wheel_has_what_the_studio_reads(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    for path in tracked("migrations", ending=".py"):
        assert f"app/shipped/{path.as_posix()}" in names
    for path in tracked("app"):
        assert path.as_posix() in names
    assert {"app/shipped/static/index.html", "app/shipped/static/_app/start.js"} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_wheel_brings_the_program_and_its_plugins(wheel: zipfile.ZipFile) -> None:
    found = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    text = wheel.read(found).decode()
    assert "director = app.cli:main" in text
    assert "[director.plugins]" in text
    assert "film = app.vocabulary" in text
