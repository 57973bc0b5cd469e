"""The page's own example, thirty lines of a stranger's script, on a real studio with a worker."""

from __future__ import annotations

import asyncio
import importlib.util
from pathlib import Path

import pytest

from app import accounts
from app.platform.ids import new_key
from tests.studio import PASSWORD, Studio

SCRIPT = Path(__file__).parents[2] / "examples" / "follow_a_project.py"


async def test_a_stranger_joins_edits_generates_and_gets_the_film(
    studio: Studio,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spec = importlib.util.spec_from_file_location("follow_a_project", SCRIPT)
    assert spec
    assert spec.loader
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    email = f"{new_key()}@example.org"
    login = await accounts.register(email, PASSWORD, "A Stranger")
    await studio.project(await studio.client(login.token), title="A first film")
    monkeypatch.chdir(tmp_path)
    async with studio.served() as place, studio.worker(), asyncio.timeout(60):
        film = await example.follow(f"http://{place}", email, PASSWORD, "A first film")
    assert (tmp_path / film).read_bytes()[4:8] == b"ftyp"
    told = capsys.readouterr().out
    assert "Here are: A Stranger" in told
    assert "Stored as version 2" in told


def test_it_has_thirty_lines_at_most() -> None:
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) <= 30
