"""What runs will take: as such runs took in the project lately, else as their backend declares."""

from __future__ import annotations

from typing import Any

import msgspec

from node_registry import Needs, Server, Usage
from tests.brush import painting


async def plan(studio, project: str, node: str) -> list[dict[str, Any]]:
    url = f"/api/v1/projects/{project}/plan"
    answer = await studio.owner.get(url, params={"target": node})
    return answer.raise_for_status().json()["items"]


async def estimates(studio, project: str, *nodes: str) -> list[dict[str, Any]]:
    url = f"/api/v1/projects/{project}/estimates"
    answer = await studio.owner.get(url, params={"node": nodes})
    return answer.raise_for_status().json()["items"]


def declare(studio, brush, monkeypatch, **given: Any) -> None:
    spec = msgspec.structs.replace(brush.spec, **given)
    monkeypatch.setitem(studio.app.state.plugins.backends, "brush", spec)


async def test_a_backend_declares_and_the_takes_of_the_project_know_better(
    own_studio, monkeypatch
) -> None:
    studio = own_studio
    project = await studio.project()
    first, second = await studio.shot(project), await studio.shot(project, code="020")
    other = await studio.project()
    elsewhere = await studio.shot(other)
    (unknown,) = await estimates(studio, project, first)
    assert unknown["seconds"] is None, "nobody is there to ask"
    assert "No worker" in unknown["cause"]
    async with painting(studio, monkeypatch) as brush:
        declare(studio, brush, monkeypatch, estimate=lambda r, c: Needs(seconds=41))
        (declared,) = await estimates(studio, project, first)
        assert (declared["seconds"], declared["measured_runs"]) == (41, 0)
        assert (declared["title"], declared["gpu_seconds"]) == ("brush", 0)
        assert declared["vram_bytes"] is None
        brush.says = [Usage(vram_bytes=12_000_000_000, ram_bytes=3_000_000_000)]
        started = await studio.generate(project, first)
        assert (await studio.run_ends(started["run_id"]))["status"] == "succeeded"
        (measured,) = await estimates(studio, project, second)
        assert measured["measured_runs"] == 1
        assert measured["seconds"] < 30
        assert measured["vram_bytes"] == 12_000_000_000
        assert measured["ram_bytes"] == 3_000_000_000
        (step,) = await plan(studio, project, second)
        assert step["estimate"] == measured
        (step,) = await plan(studio, project, first)
        assert step["reused"]
        assert step["estimate"] is None, "what is reused takes no time"
        (stranger,) = await estimates(studio, other, elsewhere)
        assert stranger["seconds"] == 41, "another project's times are its own"
        # The next take stands beside what was predicted of it.
        started = await studio.generate(project, second)
        await studio.run_ends(started["run_id"])
    takes = (await studio.owner.get(f"/api/v1/projects/{project}/takes")).json()["items"]
    facts = [take["made_by"]["predicted"] for take in takes]
    assert facts[0] == {"seconds": 41.0}
    assert (facts[1]["measured_runs"], facts[1]["vram_bytes"]) == (1, 12_000_000_000)
    assert takes[1]["made_by"]["vram_bytes"] == 12_000_000_000


async def test_time_of_a_card_counts_also_on_a_remote_server(own_studio, monkeypatch) -> None:
    studio = own_studio
    project = await studio.project()
    shot = await studio.shot(project)
    async with painting(studio, monkeypatch, servers=(Server(name="brush/1"),)) as brush:
        remote = Needs(servers=("brush/1",), seconds=90)
        declare(studio, brush, monkeypatch, estimate=lambda r, c: remote)
        (found,) = await estimates(studio, project, shot)
        assert (found["seconds"], found["gpu_seconds"]) == (90, 90)


async def test_a_backend_that_cannot_say_leaves_the_plan_readable(own_studio, monkeypatch) -> None:
    studio = own_studio
    project = await studio.project()
    shot = await studio.shot(project)

    def fail(request: Any, capabilities: Any) -> Needs:
        raise TimeoutError("asked the wrong one")

    async with painting(studio, monkeypatch) as brush:
        declare(studio, brush, monkeypatch, estimate=fail)
        assert await estimates(studio, project, shot) == []
        (step,) = await plan(studio, project, shot)
        assert step["estimate"] is None


async def test_what_makes_nothing_and_what_is_gone_have_no_estimate(own_studio) -> None:
    studio = own_studio
    project = await studio.project()
    assert await estimates(studio, project, "nobody") == []
    answer = await studio.owner.get(f"/api/v1/projects/{project}/estimates")
    assert answer.json()["code"] == "request.missing_parameter"


async def test_a_quality_that_nothing_can_make_waits_or_is_lowered_with_its_cause(
    own_studio, monkeypatch
) -> None:
    studio = own_studio
    project = await studio.project()
    shot = await studio.shot(project, quality="high")
    big = Needs(device="gpu", vram_bytes=24_000_000_000, seconds=60)
    backends = studio.app.state.plugins.backends
    drawn = msgspec.structs.replace(backends["media.animatic"], tiers=("low",))
    monkeypatch.setitem(backends, "media.animatic", drawn)
    async with painting(studio, monkeypatch) as brush:
        declare(
            studio,
            brush,
            monkeypatch,
            estimate=lambda r, c: big if r.tier == "high" else Needs(seconds=2),
        )
        (waits,) = await estimates(studio, project, shot)
        assert (waits["tier"], waits["seconds"]) == ("high", None)
        assert "needs a GPU worker" in waits["cause"]
        settings = (await studio.owner.get(f"/api/v1/projects/{project}")).json()["settings"]
        await studio.owner.patch(
            f"/api/v1/projects/{project}",
            json={"settings": {**settings, "when_unavailable": "lower"}},
        )
        (lowered,) = await estimates(studio, project, shot)
        assert (lowered["asked_tier"], lowered["tier"]) == ("high", "standard")
        assert "needs a GPU worker" in lowered["lowered"]
        started = await studio.generate(project, shot)
        assert (await studio.run_ends(started["run_id"]))["status"] == "succeeded"
        (step,) = await plan(studio, project, shot)
        assert step["reused"], "as long as nothing better can be made, it is up to date"
    (take,) = (await studio.owner.get(f"/api/v1/projects/{project}/takes")).json()["items"]
    made_by = take["made_by"]
    assert (made_by["asked_tier"], made_by["tier"]) == ("high", "standard")
    assert made_by["lowered"] == lowered["lowered"]
    assert (await studio.owner.get(f"/api/v1/projects/{project}/stale")).json()["items"] == []


async def test_a_take_says_why_the_preferred_backend_did_not_make_it(
    own_studio, monkeypatch
) -> None:
    studio = own_studio
    project = await studio.project()
    shot = await studio.shot(project)
    async with painting(studio, monkeypatch) as brush:
        big = Needs(device="gpu", vram_bytes=24_000_000_000)
        declare(studio, brush, monkeypatch, estimate=lambda r, c: big)
        (found,) = await estimates(studio, project, shot)
        assert (found["backend"], found["lowered"]) == ("media.animatic", "")
        assert found["passed_over"].startswith("brush needs a GPU worker")
