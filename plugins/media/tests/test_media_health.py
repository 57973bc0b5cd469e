"""What the doctor hears of encoders and fonts, when they are well and when they are not."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from director_media import check_health, encoders, health
from director_media.settings import Settings

from node_registry import Health


async def ask(name: str) -> Health:
    (check,) = [check for check in check_health(Settings()) if check.name == name]
    found = await check.run()
    assert found.state == "ok" or found.remedy
    return found


async def test_encoders_are_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # However busy the machine is: the time is the doctor's, and not what is tested here.
    monkeypatch.setattr(health, "WITHIN", 60)
    monkeypatch.setattr(health, "_found", {})
    found = await ask("video and sound")
    assert found.state == "ok", found
    assert found.message.endswith("writes H.264 and AAC.")

    async def no_process(*_: object, **__: object) -> None:
        raise AssertionError("it was asked for again")

    monkeypatch.setattr("asyncio.create_subprocess_exec", no_process)
    assert await ask("video and sound") == found


@pytest.mark.parametrize(
    ("program", "state", "message"),
    [
        ((sys.executable, "-c", "import os; os.abort()"), "failed", "breaks"),
        ((sys.executable, "-c", "print('hello')"), "failed", "breaks"),
        (("/nowhere/python",), "degraded", "No process"),
    ],
)
async def test_a_library_that_breaks(
    monkeypatch: pytest.MonkeyPatch, program: tuple[str, ...], state: str, message: str
) -> None:
    monkeypatch.setattr(health, "WITHIN", 60)
    monkeypatch.setattr(health, "EXAMINE", program)
    found = await ask("video and sound")
    assert found.state == state
    assert message in found.message


async def test_a_library_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert health.WITHIN < 5, "a check has five seconds"
    monkeypatch.setattr(health, "WITHIN", 0.1)
    monkeypatch.setattr(health, "EXAMINE", ("sleep", "30"))
    assert "in time" in (await ask("video and sound")).message


def test_an_encoder_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "NEEDED", ("libx264", "libnothing"))
    found = encoders.examine()
    assert found.state == "failed"
    assert "cannot write libnothing" in found.message
    monkeypatch.setitem(sys.modules, "av", None)
    assert "does not load" in encoders.examine().message


async def test_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await ask("fonts")).message == "Inter-Bold, Inter-Medium."
    shutil.copytree(health.FONTS, tmp_path / "fonts")
    monkeypatch.setattr(health, "FONTS", tmp_path / "fonts")
    (tmp_path / "fonts/Inter-Bold.otf").write_bytes(b"<html>")
    assert "damaged (Inter-Bold.otf)" in (await ask("fonts")).message
    monkeypatch.setattr(health, "FONTS", tmp_path)
    assert "missing" in (await ask("fonts")).message


async def test_it_says_whether_decoders_are_locked_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "WITHIN", 60)
    monkeypatch.setattr(health, "_found", {})
    found = await ask("sandbox of decoders")
    # As the kernel of this machine can: never without the filter of system calls.
    assert found.state in ("ok", "degraded"), found
    assert "no" in found.message
    code = (
        "from director_media import sandbox; import sys, msgspec;"
        "sandbox.lock = lambda: sandbox.Locked({}, True);"
        "sys.stdout.buffer.write(msgspec.json.encode(sandbox.examine()))"
    )
    monkeypatch.setattr(health, "SANDBOX", (sys.executable, "-c", code.format(False)))
    found = await ask("sandbox of decoders")
    assert found.state == "degraded"
    assert "no network, and all files" in found.message
