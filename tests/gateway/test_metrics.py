"""What monitoring reads, and who may: measures by route, the state of the parts, no names."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import yaml

from app.platform import database
from app.platform.database import DatabaseRole, unit_of_work
from app.scheduling import leases
from tests.studio import Studio

DEPLOY = Path(__file__).parents[2] / "deploy"
ALERTS = DEPLOY / "prometheus" / "alerts.yml"
DASHBOARD = DEPLOY / "grafana" / "director.json"
TOKEN = "monitoring-7f3a"


def value(text: str, name: str, **labels: str) -> float:
    """The value of a measure with (at least) these labels."""
    for line in text.splitlines():
        found = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
        if found and found[1] == name:
            given = dict(re.findall(r'(\w+)="([^"]*)"', found[2] or ""))
            if labels.items() <= given.items():
                return float(found[3])
    raise AssertionError(f"{name} {labels} is not among:\n{text}")


async def test_requests_are_measured_by_route_and_never_by_address(studio: Studio) -> None:
    project = await studio.project()
    await studio.owner.get(f"/api/v1/projects/{project}")
    await studio.owner.get(f"/api/v1/projects/{project}x")
    answer = await studio.owner.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    text = answer.text
    route = "/api/v1/projects/{project_id}"
    assert value(text, "director_http_request_seconds_count", route=route, status="200") == 1
    assert project not in text
    assert str(studio.settings.home) not in text
    assert value(text, "director_database_up") == 1
    assert value(text, "director_sockets") == 0
    assert value(text, "director_pool_waiting", pool="hashing") == 0
    assert value(text, "director_disk_free_bytes") > 0
    assert value(text, "director_workers") == 0


async def test_tasks_that_wait_are_counted(studio: Studio) -> None:
    project = await studio.project()
    shot = await studio.shot(project)
    await studio.generate(project, shot)
    text = (await studio.owner.get("/metrics")).text
    waiting = [value(text, "director_tasks", status=s) for s in ("queued", "blocked") if s in text]
    assert sum(waiting) >= 1
    assert value(text, "director_queue_depth", tier="standard", device="cpu") >= 1
    assert sum_of(text, "director_queue_depth", tier="low") == 0
    # Nobody knows how long it takes without a worker.
    assert 'director_expected_wait_seconds{tier="standard"}' not in text
    assert value(text, "director_expected_wait_seconds", tier="low") == 0


async def test_only_the_owner_and_who_has_the_token_may_read(studio: Studio, monkeypatch) -> None:
    stranger = await studio.client()
    assert (await stranger.get("/metrics")).status_code == 401
    member = await studio.client(await studio.token("Tom"))
    assert (await member.get("/metrics")).status_code == 403
    state = studio.app.state
    monkeypatch.setattr(
        state, "settings", msgspec.structs.replace(state.settings, metrics_token=TOKEN)
    )
    program = await studio.client(TOKEN)
    assert (await program.get("/metrics")).status_code == 200
    other = await studio.client(TOKEN + "x")
    assert (await other.get("/metrics")).status_code == 401


async def test_the_probes_tell_nothing_but_up_or_not(studio: Studio, monkeypatch) -> None:
    nobody = await studio.client()
    assert (await nobody.get("/livez")).text == "ok"
    assert (await nobody.get("/readyz")).text == "ok"
    health = (await nobody.get("/api/v1/health")).json()
    assert health["parts"] == []
    assert (await studio.owner.get("/api/v1/health")).json()["parts"]

    def away(*_: object, **__: object) -> None:
        raise database.CONNECTION_ERRORS[0]("away")

    monkeypatch.setattr("app.gateway.metrics.unit_of_work", away)
    assert (await nobody.get("/livez")).status_code == 200
    assert (await nobody.get("/readyz")).status_code == 503
    text = (await studio.owner.get("/metrics")).text
    assert value(text, "director_database_up") == 0


async def asked_for(studio: Studio, names: list[str]) -> None:
    text = (await studio.owner.get("/metrics")).text
    there = set(re.findall(r"^# TYPE (\w+)", text, re.MULTILINE))
    for name in names:
        assert re.sub(r"_(bucket|count|total)$", "", name) in there or name in there, name


async def test_the_alerts_read_measures_that_there_are(studio: Studio) -> None:
    rules = yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]
    for rule in rules:
        named = re.findall(r"director_\w+", rule["expr"])
        await asked_for(studio, named)
        assert named or "up{" in rule["expr"]
        assert rule["annotations"]["summary"].endswith(".")


async def test_the_dashboard_reads_measures_that_there_are(studio: Studio) -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    asked = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    await asked_for(studio, re.findall(r"(?:director|process)_\w+", " ".join(asked)))


async def ends(studio: Studio) -> dict[str, float]:
    text = (await studio.owner.get("/metrics")).text
    return {
        "succeeded": value(text, "director_task_ends_total", status="succeeded", tier="low"),
        "at first": sum_of(text, "director_task_first_tries_total", tier="low"),
        "reused": sum_of(text, "director_task_reuses_total", tier="low"),
        "lost": sum_of(text, "director_task_retries_total", reason="worker_lost", tier="low"),
        "late": value(text, "director_task_late_executions_total"),
        "runs": sum_of(text, "director_task_run_seconds_count", tier="low"),
    }


def sum_of(text: str, name: str, **labels: str) -> float:
    """All values of a measure with these labels; 0 where there is none."""
    found = re.findall(rf"^{name}(?:\{{(.*)\}})? (\S+)$", text, re.MULTILINE)
    return sum(
        float(number)
        for given, number in found
        if labels.items() <= dict(re.findall(r'(\w+)="([^"]*)"', given)).items()
    )


async def test_each_end_of_a_task_is_counted_once(studio: Studio) -> None:
    before = await ends(studio)
    project = await studio.project(quality="low")
    shot = await studio.shot(project)
    run = await studio.generate(project, shot)
    async with studio.worker():
        await studio.run_ends(run["run_id"])
    after = await ends(studio)
    assert await ends(studio) == after
    grown = {name: after[name] - before[name] for name in after}
    assert grown == {"succeeded": 1, "at first": 1, "reused": 0, "lost": 0, "late": 0, "runs": 1}


async def test_a_worker_that_falls_silent_is_counted(studio: Studio) -> None:
    before = await ends(studio)
    project = await studio.project(quality="low")
    shot = await studio.shot(project)
    await studio.generate(project, shot)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            """UPDATE tasks SET status = 'running', attempt = 1, started_at = now(),
                 lease_until = now() - interval '1 second' WHERE node_id = $1""",
            shot,
        )
        await leases.reap(unit)
    after = await ends(studio)
    assert after["lost"] == before["lost"] + 1


async def test_the_oldest_task_and_the_devices_are_told(studio: Studio) -> None:
    project = await studio.project()
    shot = await studio.shot(project)
    await studio.generate(project, shot)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            """UPDATE tasks SET status = 'queued', created_at = now() - interval '1 hour'
               WHERE node_id = $1""",
            shot,
        )
        await unit.execute(
            """INSERT INTO workers (id, name, device, device_id, vram_bytes, backends)
               VALUES (gen_random_uuid(), 'mill/gpu0', 'gpu', 'GPU-1', 24000000000, '{}')"""
        )
    text = (await studio.owner.get("/metrics")).text
    assert value(text, "director_queue_oldest_seconds", tier="standard") >= 3600
    assert value(text, "director_device_busy", worker="mill/gpu0", kind="gpu") == 0
    assert value(text, "director_device_memory_bytes", worker="mill/gpu0") == 24e9
    assert value(text, "director_device_reserved_bytes", worker="mill/gpu0") == 0
