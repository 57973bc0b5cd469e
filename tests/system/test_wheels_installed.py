"""The documented line installs what `make build` makes, in an empty place outside the clone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "operating.md"
INSTALL = "uv tool install --find-links dist movie-director"
UPGRADE = "uv tool install --reinstall --find-links dist movie-director"
SCRIPT = "INT. LAMP ROOM - NIGHT\n\nINA MERRITT (67) lights the lamp.\n"

pytestmark = pytest.mark.system


class Place:
    """A folder of somebody who has no clone: wheels in `dist`, tools, a home of the studio."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "source"
        self.elsewhere = folder / "elsewhere"
        self.elsewhere.mkdir()
        # uv itself tells its own place in UV.
        uv = os.environ.get("UV") or shutil.which("uv")
        assert uv, "There is no uv: run the tests with `make test`, or install it."
        self.uv = uv
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
        self.env = {
            **kept,
            "UV_PYTHON": sys.executable,
            "UV_TOOL_DIR": str(folder / "tools"),
            "UV_TOOL_BIN_DIR": str(folder / "bin"),
            "DIRECTOR_HOME": str(folder / "home"),
        }

    def build(self, *which: str) -> None:
        """Wheels from the tracked files, as `make build` makes them."""
        command = [self.uv, "build", "--wheel", "--offline", "-o", self.elsewhere / "dist"]
        self.run(*command, *which, cwd=self.source)

    def run(self, *command: str | Path, cwd: Path | None = None) -> str:
        done = subprocess.run(
            command, cwd=cwd or self.elsewhere, env=self.env, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def install(self, line: str) -> None:
        """Run a documented line as it stands."""
        assert re.search(rf"^    {re.escape(line)}$", GUIDE.read_text(), re.M), line
        self.run(self.uv, *line.split()[1:])

    def director(self, *words: str) -> str:
        return self.run(self.folder / "bin" / "director", *words)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    made = Place(tmp_path_factory.mktemp("install"))
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("canvas/", "tests/", "docs/images/")):
            (made.source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, made.source / name)
    (made.source / "static").mkdir(exist_ok=True)
    (made.source / "static" / "index.html").write_text("<!doctype html>")
    made.build("--all-packages")
    return made


def test_one_line_installs_the_studio_with_its_plugins(place: Place) -> None:
    place.install(INSTALL)
    assert place.director("--version").strip().endswith("0.1.0")
    reports = json.loads(place.director("plugins", "--json"))
    assert {"cut", "film", "git", "media", "storage"} <= {r["name"] for r in reports}
    assert [r["name"] for r in reports if r["state"] == "failed"] == []
    script = place.elsewhere / "lamp.fountain"
    script.write_text(SCRIPT)
    found = json.loads(place.director("breakdown", str(script), "--json"))
    assert [c["name"] for c in found["characters"]] == ["INA MERRITT"]
    assert found["locations"] == ["LAMP ROOM"]


def test_the_same_line_with_one_word_more_upgrades(place: Place) -> None:
    place.install(INSTALL)
    for name in ("movie-director", "director-media"):
        folder = place.source / ("plugins/media" if name == "director-media" else "")
        project = folder / "pyproject.toml"
        text = project.read_text()
        project.write_text(text.replace('\nversion = "0.1.0"', '\nversion = "0.1.1"', 1))
        for old in (place.elsewhere / "dist").glob(f"{name.replace('-', '_')}-*"):
            old.unlink()
        place.build("--package", name)
    place.install(UPGRADE)
    assert place.director("--version").strip().endswith("0.1.1")
    reports = json.loads(place.director("plugins", "--json"))
    assert {r["version"] for r in reports if r["name"] in ("media", "cut")} == {"0.1.1"}
    assert [r["name"] for r in reports if r["state"] == "failed"] == []
