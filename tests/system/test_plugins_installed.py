"""Plugins that people install: those of the tutorial, and one that cannot be loaded."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples/plugins"
OURS = {"cut", "film", "git", "media", "storage"}
DIRECTOR = [sys.executable, "-m", "app.cli"]

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the example plugins are installed, beside ours."""
    uv = os.environ.get("UV") or shutil.which("uv")
    assert uv, "There is no uv: run the tests with `make test`, or install it."
    folder = tmp_path_factory.mktemp("installed")
    # Built from copies: a build leaves no trace in the examples.
    sources = []
    for name in ("ten_lines", "tone", "cues", "farm", "broken"):
        sources.append(shutil.copytree(EXAMPLES / name, folder / "source" / name))
    site = folder / "site"
    command = [uv, "pip", "install", "--quiet", "--no-deps", "--python", sys.executable]
    done = subprocess.run(
        [*command, "--target", site, *sources], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    home = tmp_path_factory.mktemp("home")
    return {**os.environ, "PYTHONPATH": str(site), "DIRECTOR_HOME": str(home)}


def test_director_plugins_shows_them_and_what_is_wrong(installed: dict[str, str]) -> None:
    output = subprocess.run(
        [*DIRECTOR, "plugins", "--json"],
        cwd=ROOT, env=installed, capture_output=True, text=True, check=True,
    )  # fmt: skip
    reports = {report["name"]: report for report in json.loads(output.stdout)}
    assert reports.keys() >= OURS | {"notes", "tone", "cues", "farm", "broken"}
    assert reports["notes"]["state"] == "loaded"
    assert reports["notes"]["distribution"] == "director-ten-lines"
    assert reports["notes"]["node_types"] == ["notes.note"]
    assert reports["tone"]["backends"] == ["tone.wave"]
    assert reports["farm"]["state"] == "loaded"
    assert reports["farm"]["settings"][0] == "DIRECTOR_PLUGIN_FARM__SERVERS"
    assert reports["farm"]["backends"] == []
    assert reports["cues"]["socket_types"] == ["cues.list"]
    assert reports["cues"]["converters"] == ["Text>cues.list", "cues.list>Text"]
    assert reports["cues"]["exporters"] == ["shot-list"]
    assert reports["broken"]["state"] == "failed"
    assert "the library that I need is not there" in reports["broken"]["errors"][0]
    assert {reports[name]["state"] for name in OURS} == {"loaded"}


def test_a_table_for_people_names_what_failed(installed: dict[str, str]) -> None:
    output = subprocess.run(
        [*DIRECTOR, "plugins"],
        cwd=ROOT, env={**installed, "COLUMNS": "200"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    rows = output.stdout.splitlines()
    broken = next(line for line in rows if " broken " in line)
    assert "failed" in broken
    assert "the library that I need is not there" in broken
    cues = next(line for line in rows if " cues " in line)
    assert "1 socket type, 2 converters, 1 node type, 1 backend, 1 exporter" in cues


class Address(msgspec.Struct):
    """What `studio.json` tells: where the studio is, and its owner's token."""

    url: str
    token: str


@pytest.fixture(scope="module")
def studio(installed: dict[str, str]) -> Iterator[httpx.Client]:
    """A client of a whole studio that runs with these plugins."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    found = Path(installed["DIRECTOR_HOME"]) / "studio.json"
    log = found.with_name("up.log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*DIRECTOR, "up", "--port", port, "--workers", "0"],
            cwd=ROOT, env=installed, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not found.exists():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        address = msgspec.json.decode(found.read_bytes(), type=Address)
        headers = {"Authorization": f"Bearer {address.token}"}
        with httpx.Client(base_url=address.url, headers=headers, timeout=60) as client:
            yield client
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def test_the_api_shows_an_installed_node_with_the_schema_of_its_form(studio: httpx.Client) -> None:
    answer = studio.get("/api/v1/node-types")
    assert answer.status_code == 200, answer.text
    types = {node_type["id"]: node_type for node_type in answer.json()["items"]}
    assert types["notes.note"]["params"]["properties"]["words"] == {
        "type": "string",
        "x-widget": "textarea",
    }
    assert types["tone.tone"]["params"]["properties"]["pitch"]["x-unit"] == "Hz"
    assert types["cues.click_track"]["inputs"][0]["type"] == "cues.list"
    assert "film.shot" in types


def test_the_api_exports_a_cut_in_the_format_of_a_plugin(studio: httpx.Client) -> None:
    formats = {exporter["name"] for exporter in studio.get("/api/v1/exporters").json()["items"]}
    of_the_studio = {
        "edl",
        "edl-999",
        "fcpxml",
        "otio",
        "otioz",
        "shot-list",
        "storyboard",
        "xmeml",
    }
    assert formats == of_the_studio | {"shots"}
    project = studio.post("/api/v1/projects", json={"title": "Cut by a plugin"}).json()
    script = (ROOT / "examples/scripts/lighthouse.fountain").read_bytes()
    imported = studio.post(f"/api/v1/projects/{project['id']}/scripts", content=script)
    assert imported.status_code == 200, imported.text
    cut = studio.get(f"/api/v1/projects/{project['id']}/cut/shot-list")
    assert cut.status_code == 200, cut.text
    assert cut.headers["content-type"].startswith("text/csv")
    first, second, *rest = cut.text.lstrip("\ufeff").splitlines()
    assert first == "shot,scene,code,frames,take"
    assert second.startswith("SCENE_01_SHOT-010_v01,01,010,")
    assert second.endswith(",missing")
    assert len(rest) > 5


def test_the_api_reports_the_broken_one_and_works(studio: httpx.Client) -> None:
    states = {
        plugin["name"]: plugin["state"] for plugin in studio.get("/api/v1/plugins").json()["items"]
    }
    assert states.pop("broken") == "failed"
    assert set(states.values()) == {"loaded"}
    assert studio.get("/api/v1/health").status_code == 200
    made = studio.post("/api/v1/projects", json={"title": "Made beside a broken plugin"})
    assert made.status_code == 201, made.text
