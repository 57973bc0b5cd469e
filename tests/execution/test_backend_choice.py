"""Which backend runs a task: by preference, among those that live workers have, or why none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.execution.backend_choice import (
    candidates,
    capabilities_of,
    choose,
    pipeline_of,
    unknown_backends,
)
from app.platform.ids import new_id
from app.platform.plugins import Plugins
from app.scheduling import OfferedBackend, Worker, causes, offered_backends
from node_registry import (
    BackendSpec,
    Capabilities,
    Device,
    DirectorError,
    Needs,
    NodeType,
    Request,
    Server,
)

NODE = NodeType(id="test.shot", title="Shot", category="Test")
REQUEST = Request(task_id="t", attempt=1, node_id="n", node_type="test.shot")


def spec(name: str, needs: Needs | None = None, **given: Any) -> BackendSpec:
    return BackendSpec(
        name=name,
        version=given.pop("version", "1"),
        serves=("test.shot",),
        factory=object,  # type: ignore[arg-type]
        estimate=given.pop("estimate", lambda request, capabilities: needs or Needs()),
        **given,
    )


def worker(*specs: BackendSpec, gb: int = 0) -> Worker:
    now = datetime.now(UTC)
    return Worker(
        id=new_id(),
        name="w",
        device="gpu" if gb else "cpu",
        device_id="d",
        device_name="RTX 4090" if gb else "",
        vram_bytes=gb * 10**9,
        backends=offered_backends(specs),
        started_at=now,
        seen_at=now,
    )


def plugins(*specs: BackendSpec) -> Plugins:
    return Plugins(node_types={NODE.id: NODE}, backends={one.name: one for one in specs})


DRAFT, LOCAL, REMOTE = (
    spec("draft"),
    spec("local", rank=10, tiers=("standard", "high")),
    spec("remote", rank=20, tiers=("high",)),
)


@pytest.mark.parametrize(
    ("tier", "preferences", "order"),
    [
        ("low", [], ["draft"]),
        ("standard", [], ["local", "draft"]),
        ("high", [], ["remote", "local", "draft"]),
        ("high", [[], ["local"]], ["local", "remote", "draft"]),
        # The project comes before the operator, and what neither names keeps its rank.
        ("high", [["draft"], ["local", "draft"]], ["draft", "local", "remote"]),
        ("high", [["low:draft", "high:local"], []], ["local", "remote", "draft"]),
        ("standard", [["high:draft"], []], ["local", "draft"]),
        ("high", [["gone", "draft"], []], ["draft", "remote", "local"]),
    ],
)
def test_the_order_is_the_projects_then_the_operators_then_the_ranks(
    tier, preferences, order
) -> None:
    found = candidates(plugins(DRAFT, LOCAL, REMOTE), "test.shot", tier, preferences)
    assert [backend.name for backend in found] == order


def test_a_node_that_nothing_serves_says_so() -> None:
    with pytest.raises(DirectorError, match="Nothing here can make Shot yet"):
        candidates(plugins(), "test.shot", "high", [])
    with pytest.raises(DirectorError) as refusal:
        candidates(plugins(REMOTE, LOCAL), "test.shot", "low", [])
    assert refusal.value.code == "node.no_tier"
    assert refusal.value.hint == "Choose another quality: high, standard."


def test_names_that_no_plugin_brings_are_known() -> None:
    assert unknown_backends(plugins(DRAFT), ["draft", "high:draft", "low:other"]) == ["other"]


def test_the_first_that_a_live_worker_has_runs_it() -> None:
    choice = choose([REMOTE, LOCAL, DRAFT], REQUEST, [worker(DRAFT), worker(LOCAL)])
    assert choice.backend is LOCAL
    assert choice.needs == Needs()


def test_without_a_worker_it_waits_and_says_for_what() -> None:
    assert choose([REMOTE], REQUEST, []).cause == causes.no_worker()
    choice = choose([REMOTE, LOCAL], REQUEST, [worker(DRAFT)])
    assert (choice.backend, choice.needs) == (REMOTE, None)
    assert choice.cause.sentence == ("No worker here has the backend remote.")


def test_a_worker_with_another_version_is_no_worker_for_it() -> None:
    older = worker(spec("remote", version="0.9", title="Remote"))
    titled = spec("remote", title="Remote")
    assert choose([titled], REQUEST, [older]).cause.sentence == (
        "The workers have version 0.9 of Remote, the studio has 1."
    )
    assert choose([titled, DRAFT], REQUEST, [older, worker(DRAFT)]).backend is DRAFT


def test_what_could_never_fit_is_not_chosen() -> None:
    large = spec("large", Needs(device="gpu", vram_bytes=24 * 10**9), rank=9)
    small = spec("small", Needs(device="gpu", vram_bytes=8 * 10**9))
    assert choose([large, small], REQUEST, [worker(large, small, gb=12)]).backend is small
    assert choose([large], REQUEST, [worker(large, gb=12)]).cause.sentence == (
        "large needs a card of 24.0 GB for this; the largest here has 12.0 GB."
    )
    assert "needs a GPU worker" in choose([small], REQUEST, [worker(small)]).cause.sentence


def test_an_estimate_is_told_what_the_live_workers_offer() -> None:
    asked: list[Capabilities] = []

    def estimate(request: Request, capabilities: Capabilities) -> Needs:
        asked.append(capabilities)
        return Needs(servers=capabilities.servers)

    remote = spec("remote", estimate=estimate, servers=(Server(name="r/1"), Server(name="r/2")))
    one, card = worker(remote), worker(remote, gb=24)
    card.backends["remote"] = OfferedBackend(version="1", servers={"r/2": 1, "r/3": 4})
    choice = choose([remote], REQUEST, [one, card, worker(DRAFT, gb=48)])
    assert asked == [
        Capabilities(
            devices=(Device(), Device(kind="gpu", name="RTX 4090", vram_bytes=24 * 10**9)),
            servers=("r/1", "r/2", "r/3"),
        )
    ]
    assert asked[0].vram_bytes == 24 * 10**9
    assert choice.needs == Needs(servers=("r/1", "r/2", "r/3"))
    assert capabilities_of(remote, [card]).servers == ("r/2", "r/3")


def test_a_server_that_no_worker_reaches_is_named() -> None:
    remote = spec("remote", Needs(servers=("r/9",)), servers=(Server(name="r/1"),))
    assert choose([remote], REQUEST, [worker(remote)]).cause.sentence == (
        "No worker here reaches r/9."
    )


@pytest.mark.parametrize(
    "answer", [None, {"device": "cpu"}, Needs(vram_bytes=-1), Needs(seconds=-1.0)]
)
def test_an_answer_that_is_no_estimate_is_the_plugins_fault(answer: Any) -> None:
    odd = spec("odd", estimate=lambda request, capabilities: answer)
    with pytest.raises(DirectorError) as refusal:
        choose([odd], REQUEST, [worker(odd)])
    assert refusal.value.code == "backend.no_estimate"


def test_a_pipeline_decides_which_backend_makes_what_is_connected() -> None:
    found = candidates(plugins(DRAFT, LOCAL, REMOTE), NODE.id, "high", [["remote"]])
    assert pipeline_of([]).among(found) == found
    assert pipeline_of([{"name": "Mine", "pipeline_id": "", "version": "7"}]).among(found) == found
    assert pipeline_of([{"pipeline_id": "draft", "version": ""}]).among(found) == [DRAFT]
    assert pipeline_of([{"pipeline_id": "draft", "version": "1"}]).among(found) == [DRAFT]


@pytest.mark.parametrize(
    ("pipeline", "code", "words"),
    [
        ({"pipeline_id": "acme.paint"}, "pipeline.no_backend", "acme.paint"),
        # It is there, and not at this quality.
        ({"pipeline_id": "remote"}, "pipeline.no_backend", "remote"),
        ({"pipeline_id": "draft", "version": "2"}, "pipeline.no_version", "here is 1"),
    ],
    ids=["unknown", "other quality", "other version"],
)
def test_a_pipeline_that_cannot_be_had_says_so(
    pipeline: dict[str, str], code: str, words: str
) -> None:
    found = candidates(plugins(DRAFT, LOCAL, REMOTE), NODE.id, "low", [])
    with pytest.raises(DirectorError, match=words) as refused:
        pipeline_of([pipeline]).among(found)
    assert refused.value.code == code
    assert refused.value.hint
