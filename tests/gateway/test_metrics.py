"""What monitoring reads, and who may: measures by route, the state of the parts, no names."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import yaml

from app.platform import database
from tests.studio import Studio

ALERTS = Path(__file__).parents[2] / "deploy/prometheus/alerts.yml"
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
    assert value(text, "director_queue_depth", tier="standard") >= 1
    assert value(text, "director_queue_depth", tier="low") == 0
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


async def test_the_alerts_read_measures_that_there_are(studio: Studio) -> None:
    text = (await studio.owner.get("/metrics")).text
    there = set(re.findall(r"^# TYPE (\w+)", text, re.MULTILINE))
    rules = yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]
    for rule in rules:
        named = re.findall(r"director_\w+", rule["expr"])
        for name in named:
            assert re.sub(r"_(bucket|total)$", "", name) in there or name in there, name
        assert named or "up{" in rule["expr"]
        assert rule["annotations"]["summary"].endswith(".")
