"""Settings that only plugins can judge: refused with what was meant, and plugins are not loaded
for nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.platform.plugins import load_plugins
from app.processes.doctor import diagnose
from app.processes.plugin_settings import check_loaded_plugins, check_plugin_settings
from app.settings import Settings
from node_registry import DirectorError

STORAGE = "DIRECTOR_PLUGIN_STORAGE__"


@pytest.mark.parametrize(
    ("environ", "code", "said"),
    [
        ({f"{STORAGE}BUCKETS": "x"}, "settings.unknown", f"Is {STORAGE}BUCKET meant?"),
        ({"DIRECTOR_PLUGIN_STORAG__BUCKET": "x"}, "settings.unknown", f"Is {STORAGE}"),
        ({"DIRECTOR_PLUGIN_ACME__KEY": "x"}, "settings.unknown", "DIRECTOR_PLUGIN_ACME__KEY"),
        ({f"{STORAGE}PATH_STYLE": "perhaps"}, "plugin.settings", STORAGE),
    ],
)
async def test_what_no_plugin_reads_or_takes_is_refused(tmp_path, environ, code, said) -> None:
    with pytest.raises(DirectorError) as refused:
        await check_plugin_settings(Settings(home=tmp_path), environ)
    assert refused.value.code == code
    assert said in str(refused.value)


async def test_a_storage_that_no_plugin_brings_is_refused_with_those_there_are(tmp_path) -> None:
    with pytest.raises(DirectorError) as refused:
        await check_plugin_settings(Settings(home=tmp_path, storage="floppy"), {})
    assert refused.value.message == ("DIRECTOR_STORAGE is 'floppy'; it has to be `local` or `s3`.")


async def test_a_storage_that_cannot_be_opened_is_refused_before_the_servers_start(
    tmp_path: Path,
) -> None:
    with pytest.raises(DirectorError, match="bucket"):
        await check_plugin_settings(Settings(home=tmp_path, storage="s3"), {})


def test_the_variables_of_a_plugin_that_failed_are_not_called_unknown(tmp_path) -> None:
    plugins = load_plugins("api", environ={})
    storage = next(report for report in plugins.reports if report.name == "storage")
    storage.state, storage.settings = "failed", []
    check_loaded_plugins(Settings(home=tmp_path), plugins, {f"{STORAGE}BUCKET": "x"})


def test_no_plugin_is_loaded_where_there_is_nothing_to_judge() -> None:
    code = (
        "import asyncio, sys; from pathlib import Path; from app.settings import Settings;"
        "from app.processes.plugin_settings import check_plugin_settings as check;"
        "asyncio.run(check(Settings(home=Path('x')), {'DIRECTOR_PORT': '1'}));"
        "print('app.platform.plugins' in sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "False"


async def test_the_doctor_says_the_same(tmp_path, monkeypatch) -> None:
    plugins = load_plugins("api", environ={})
    plugins.health_checks = []
    monkeypatch.setenv(f"{STORAGE}BUCKETS", "x")
    found = {d.part: d for d in await diagnose(Settings(home=tmp_path / "new"), plugins=plugins)}
    assert found["settings"].state == "failed"
    assert f"{STORAGE}BUCKETS" in found["settings"].message
    assert f"{STORAGE}BUCKET meant?" in found["settings"].remedy
