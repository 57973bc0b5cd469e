"""What the doctor hears of git on a machine that has it, has an old one, or has none."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from director_git import check_health, health

from node_registry import Health


async def ask() -> dict[str, Health]:
    return {check.name: await check.run() for check in check_health()}


def put(folder: Path, script: str) -> None:
    (folder / "git").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "git").chmod(0o755)


async def test_git_as_it_is_here() -> None:
    found = (await ask())["program"]
    assert found.state == "ok"
    assert found.message.startswith("git version 2.")


async def test_what_is_missing_is_named_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = await ask()
    assert found["program"].state == "failed"
    assert "apt-get install git" in found["program"].remedy
    assert found["git-lfs"].state == "not_configured"
    assert "apt-get install git-lfs" in found["git-lfs"].remedy
    put(tmp_path, "echo git version 2.9.1")
    assert "too old" in (await ask())["program"].message
    put(tmp_path, "exit 1")
    assert (await ask())["program"].state == "failed"
    put(tmp_path, 'test "$1" = lfs && echo git-lfs/3.4.1 || echo git version 2.39.5')
    found = await ask()
    assert found["program"] == Health("ok", "git version 2.39.5.")
    assert found["git-lfs"] == Health("ok", "git-lfs/3.4.1.")


async def test_a_git_that_hangs_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert health.WITHIN < 5, "a check has five seconds"
    monkeypatch.setattr(health, "WITHIN", 0.1)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    put(tmp_path, "exec sleep 30")
    began = time.monotonic()
    assert (await ask())["program"].state == "failed"
    assert time.monotonic() - began < 5
