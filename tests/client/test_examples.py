"""The examples of the client, as strangers run them: on a real studio, with a worker."""

from __future__ import annotations

import asyncio
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from app import accounts
from app.platform.ids import new_key
from tests.studio import PASSWORD, Studio

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLLOW = EXAMPLES / "follow_a_project.py"
SCRIPT = b"EXT. QUAY - DAY\n\nA boat drifts towards the harbour.\n"


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_a_stranger_joins_edits_generates_and_gets_the_film(
    studio: Studio,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    example = _load(FOLLOW)
    email = f"{new_key()}@example.org"
    login = await accounts.register(email, PASSWORD, "A Stranger")
    await studio.project(await studio.client(login.token), title="A first film")
    monkeypatch.chdir(tmp_path)
    async with studio.served() as place, studio.worker(), asyncio.timeout(60):
        film = await example.follow(f"http://{place}", email, PASSWORD, "A first film")
    assert (tmp_path / film).read_bytes()[4:8] == b"ftyp"
    output = capsys.readouterr().out
    assert "Here are: A Stranger" in output
    assert "Stored as version 2" in output


async def test_a_scene_is_added_in_one_step(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    example = _load(EXAMPLES / "add_a_scene.py")
    email = f"{new_key()}@example.org"
    mine = await studio.client((await accounts.register(email, PASSWORD, "A Stranger")).token)
    project = await studio.project(mine, title="A second film")
    address = f"/api/v1/projects/{project}"
    imported = await mine.post(f"{address}/scripts", content=SCRIPT)
    assert imported.status_code == 200, imported.text
    before = (await mine.get(f"{address}/cut")).json()
    async with studio.served() as place, studio.worker(), asyncio.timeout(60):
        names = await example.add(f"http://{place}", email, PASSWORD, "A second film")
    assert names == [f"SHOT-{code}_v01_take01" for code in ("010", "020", "030")]
    after = (await mine.get(f"{address}/cut")).json()
    codes = [(clip["scene"], clip["code"]) for clip in after["clips"]]
    assert codes[: len(before["clips"])] == [(c["scene"], c["code"]) for c in before["clips"]]
    assert codes[len(before["clips"]) :] == [("02", "010"), ("02", "020"), ("02", "030")]
    output = capsys.readouterr().out
    # The library is brought in step meanwhile, which is a version of its own.
    stored = re.search(r"Stored as version (\d+)", output)
    assert stored is not None
    assert int(stored[1]) > imported.json()["version"]
    # A quick task may end before any of its steps is told.
    told = [line for line in output.splitlines() if re.match(r" *\d+ % ", line)]
    assert [line for line in told if not re.fullmatch(r" *\d+ % \S.*", line)] == []


def test_it_has_thirty_lines_at_most() -> None:
    assert len(FOLLOW.read_text(encoding="utf-8").splitlines()) <= 30
