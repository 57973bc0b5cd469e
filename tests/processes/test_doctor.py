"""The doctor against real servers, real absences, and checks that misbehave."""

import asyncio
import os
import socket
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from app.platform.plugins import PluginReport
from app.processes.doctor import Diagnosis, diagnose, machine, worst
from app.processes.doctor import servers as doctor_servers
from app.processes.doctor.collector import collector
from app.processes.embedded import EmbeddedPostgres, EmbeddedValkey, runtime_folder
from app.processes.studio_lock import StudioLock
from app.settings import Settings
from node_registry import Health, HealthCheck
from tests.otlp import collecting


def free_port() -> int:
    with socket.socket() as finder:
        finder.bind(("127.0.0.1", 0))
        return finder.getsockname()[1]


def settings(home: Path, **more: Any) -> Settings:
    more.setdefault("port", free_port())
    return Settings(home=home, **more)


async def test_a_fresh_machine_is_well_and_nothing_is_made_on_it(tmp_path: Path) -> None:
    home = tmp_path / "not" / "yet"
    found = await diagnose(settings(home))
    assert [d.part for d in found if d.state == "failed"] == []
    assert all(d.message.endswith(".") for d in found)
    assert all(d.remedy for d in found if d.state != "ok")
    assert list(tmp_path.iterdir()) == []


async def test_the_studios_own_servers_are_tried_whether_a_studio_runs_or_not(
    tmp_path: Path,
) -> None:
    runtime = runtime_folder(tmp_path)
    postgres = EmbeddedPostgres(tmp_path, runtime, fsync=False)
    with StudioLock(tmp_path):
        async with postgres, EmbeddedValkey(tmp_path, runtime):
            await _expect_servers(tmp_path, "ok")
            first = postgres.pid
            assert first is not None
            os.kill(first, 0)
        await _expect_servers(tmp_path, "failed")
    await _expect_servers(tmp_path, "ok")
    (postgres.data / "PG_VERSION").write_text("9")
    found = {d.part: d for d in await diagnose(settings(tmp_path))}
    assert found["PostgreSQL"].state == "failed"
    assert "pg_dumpall" in found["PostgreSQL"].remedy
    for left in runtime.iterdir():
        left.unlink()
    runtime.rmdir()


async def _expect_servers(home: Path, state: str) -> None:
    found = {d.part: d for d in await diagnose(settings(home))}
    assert {found["PostgreSQL"].state, found["Valkey"].state} == {state}, found


async def test_servers_by_url_are_asked_for_what_the_studio_needs(servers, tmp_path: Path) -> None:
    well = settings(tmp_path, database_url=servers.owner_url(), redis_url=servers.redis_url)
    found = {d.part: d for d in await diagnose(well)}
    assert found["PostgreSQL"].state == found["Valkey"].state == "ok"

    owner = await asyncpg.connect(servers.owner_url())
    await owner.execute("DROP ROLE IF EXISTS plain; CREATE ROLE plain LOGIN PASSWORD 'plain'")
    known = await owner.fetchval("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'director_%'")
    trial = asyncio.Lock()
    embedded = EmbeddedPostgres(servers.home, runtime_folder(servers.home))
    url = embedded.url(user="plain", password="plain")
    plain = await doctor_servers.postgres(settings(tmp_path, database_url=url), trial)
    await owner.execute("DROP ROLE plain")
    await owner.close()
    # Whether the roles are there depends on what ran before on these servers.
    assert plain.state == ("ok" if known == 4 else "failed")
    assert known == 4 or "CREATEROLE" in plain.remedy

    port = free_port()
    gone = settings(
        tmp_path,
        database_url=f"postgresql://x:y@127.0.0.1:{port}/z",
        redis_url=f"redis://127.0.0.1:{port}",
    )
    found = {d.part: d for d in await diagnose(gone)}
    assert found["PostgreSQL"].state == found["Valkey"].state == "failed"
    assert "DIRECTOR_DATABASE_URL" in found["PostgreSQL"].remedy
    assert "DIRECTOR_REDIS_URL" in found["Valkey"].remedy
    for wrong in ("http://127.0.0.1", "nonsense"):
        assert (await doctor_servers.valkey(settings(tmp_path, redis_url=wrong), trial)).remedy
        assert (await doctor_servers.postgres(settings(tmp_path, database_url=wrong), trial)).remedy


async def test_what_is_missing_on_the_machine_is_named_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A folder under /proc takes no files, not even from root.
    assert (await machine.home(Path("/proc/studio"))).state == "failed"
    monkeypatch.setattr(machine, "ROOM_TO_START", 10**18)
    assert (await machine.disk(tmp_path / "later")).state == "failed"
    monkeypatch.setattr(machine.time, "time", lambda: 86_400.0)
    assert (await machine.clock()).state == "failed"


async def test_the_address_is_free_taken_by_a_stranger_or_ours(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        here = settings(tmp_path, port=taken.getsockname()[1])
        stranger = await doctor_servers.address(here)
        assert stranger.state == "failed"
        assert "DIRECTOR_PORT" in stranger.remedy
        with StudioLock(tmp_path):
            assert (await doctor_servers.address(here)).state == "ok"
    assert (await doctor_servers.address(here)).state == "ok"
    everywhere = settings(tmp_path, host="0.0.0.0")
    assert (await doctor_servers.address(everywhere)).state == "degraded"
    nowhere = settings(tmp_path, host="192.0.2.1")
    assert (await doctor_servers.address(nowhere)).state == "failed"


async def test_a_check_that_hangs_or_breaks_is_a_finding_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fine() -> Health:
        return Health(state="degraded", message="Slow.", remedy="Wait.")

    async def hangs() -> Health:
        await asyncio.sleep(60)
        raise AssertionError

    async def breaks() -> Health:
        raise KeyError("card")

    monkeypatch.setattr("app.processes.doctor.diagnosis.PLUGIN_PATIENCE", 0.05)
    checks = [HealthCheck(name=f.__name__, run=f) for f in (fine, hangs, breaks)]
    found = await diagnose(settings(tmp_path / "new"), [("acme", check) for check in checks])
    result = {d.part: d for d in found}
    assert result["acme: fine"] == Diagnosis(
        part="acme: fine", state="degraded", message="Slow.", remedy="Wait."
    )
    assert "did not answer" in result["acme: hangs"].message
    assert "KeyError" in result["acme: breaks"].message
    assert worst(found) == "failed"
    assert worst(d for d in found if d.part == "Python") == "ok"


async def test_a_plugin_that_is_not_loaded_is_a_finding(tmp_path: Path) -> None:
    reports = [
        PluginReport(name="fine"),
        PluginReport(name="broken", state="failed", errors=["It has no module x."]),
    ]
    found = await diagnose(settings(tmp_path / "new"), reports=reports)
    received = [d for d in found if d.part.startswith("plugin ")]
    assert [(d.part, d.state, d.message) for d in received] == [
        ("plugin broken", "degraded", "It has no module x.")
    ]


async def test_a_collector_of_traces_is_asked_where_one_is_set(tmp_path: Path) -> None:
    assert (await collector(settings(tmp_path))).state == "ok"
    away = await collector(settings(tmp_path, otlp_endpoint=f"http://127.0.0.1:{free_port()}"))
    assert (away.state, "does not answer" in away.message) == ("degraded", True)
    assert away.remedy
    with collecting() as found:
        there = await collector(settings(tmp_path, otlp_endpoint=found.url))
        wrong = await collector(settings(tmp_path, otlp_endpoint=f"{found.url}/else"))
    assert there.state == "ok", there.message
    assert (wrong.state, "HTTP 404" in wrong.message) == ("degraded", True)
