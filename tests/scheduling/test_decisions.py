"""What a round decides, for any studio: nothing is given that does not fit, none idles."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.platform.ids import new_id
from app.scheduling import OfferedBackend, Worker
from app.scheduling.backlog import Backlog, Waits
from app.scheduling.circuits import Circuit, Circuits
from app.scheduling.decisions import (
    KEPT_FOR,
    Kept,
    NoIdleWorker,
    Resting,
    Round,
    Taken,
    Wanted,
)
from app.scheduling.device_rules import DeviceRule, DeviceRules
from app.scheduling.placement import Place
from app.scheduling.warm_models import PASSES_WITHIN, WarmModels, choose_warm
from node_registry import Needs

NOW = datetime(2026, 12, 1, tzinfo=UTC)
CARDS = (12, 16, 24)


def a_card(number: int, memory: int, **given: object) -> Worker:
    return Worker(
        id=new_id(), name=f"card-{number}", device="gpu", device_id=f"gpu:{number}",
        vram_bytes=memory, backends={"film": OfferedBackend(version="1", servers={"far": 2})},
        started_at=NOW, seen_at=NOW, **given,  # type: ignore[arg-type]
    )  # fmt: skip


def wanting(memory: int, *, servers: tuple[str, ...] = (), **given: object) -> Wanted:
    return Wanted(
        task_id=new_id(), project_id=new_id(), backend="film", version="1",
        needs=Needs(device="gpu", vram_bytes=memory, servers=servers),
        **given,  # type: ignore[arg-type]
    )  # fmt: skip


def a_round(live: list[Worker], held: dict[str, int] | None = None) -> Round:
    return Round(live, DeviceRules(), Circuits(), held or {})


@given(
    st.lists(st.sampled_from(CARDS), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(1, 26), st.booleans()), max_size=12),
    st.lists(st.integers(0, 20), min_size=6, max_size=6),
)
def test_no_card_and_no_server_is_given_more_than_it_holds(
    cards: list[int], wanted: list[tuple[int, bool]], held: list[int]
) -> None:
    live = [a_card(number, memory) for number, memory in enumerate(cards)]
    # Two workers share the last card: what one is given the other cannot have.
    live.append(a_card(len(cards) - 1, cards[-1]))
    capacities = {worker.device_id: worker.vram_bytes for worker in live} | {"server:far": 2}
    before = {w.device_id: min(held[i], w.vram_bytes) for i, w in enumerate(live[:-1])}
    studio, sums, busy = a_round(live, before), Counter(before), Counter[object]()
    for memory, remote in wanted:
        one = wanting(memory, servers=("far",) if remote else ())
        decision = studio.place(one)
        if isinstance(decision, Place):
            busy[decision.worker.id] += 1
            for name, (units, _) in decision.resources("film", one.needs).items():
                sums[name] += units
        else:
            # What waits could not have been begun anywhere.
            free = [w for w in live if not busy[w.id] and w.vram_bytes >= memory]
            assert all(
                sums[w.device_id] + memory > w.vram_bytes or (remote and sums["server:far"] == 2)
                for w in free
            )
            assert isinstance(decision, Taken) == bool(free)
    assert all(sums[name] <= capacity for name, capacity in capacities.items())
    assert all(number == 1 for number in busy.values())


@given(st.lists(st.sampled_from(CARDS), min_size=1, max_size=8), st.integers(1, 24))
def test_the_smallest_card_that_fits_is_taken(cards: list[int], memory: int) -> None:
    decision = a_round([a_card(n, m) for n, m in enumerate(cards)]).place(wanting(memory))
    fitting = [card for card in cards if card >= memory]
    if fitting:
        assert isinstance(decision, Place)
        assert decision.worker.vram_bytes == min(fitting)
    else:
        assert decision == NoIdleWorker()


def test_busy_and_drained_workers_and_kept_cards_are_given_nothing() -> None:
    busy, drained = a_card(0, 24, busy_with=new_id()), a_card(1, 24, drained_by="Ina")
    kept, one = a_card(2, 24), wanting(8)
    rules = DeviceRules({"gpu:2": DeviceRule(set_by="Ina", project_id=new_id())})
    studio = Round([busy, drained, kept], rules, Circuits(), {})
    assert studio.place(one) == NoIdleWorker()
    own = DeviceRules({"gpu:2": DeviceRule(set_by="Ina", project_id=one.project_id)})
    assert Round([busy, drained, kept], own, Circuits(), {}).place(one) == Place(kept)


def test_a_backend_that_rests_gets_nothing_and_one_that_is_tried_gets_one_task() -> None:
    circuit = Circuit(backend="film", server="", failures=5, cause="x", open=True, probed=False)
    live = [a_card(0, 24), a_card(1, 24)]
    resting = Round(live, DeviceRules(), Circuits({("film", ""): circuit}), {})
    assert resting.place(wanting(8)) == Resting(circuit)
    half_open = Circuit(backend="film", server="", failures=5, cause="x", open=False, probed=False)
    trying = Round(live, DeviceRules(), Circuits({("film", ""): half_open}), {})
    assert isinstance(trying.place(wanting(8)), Place)
    assert isinstance(trying.place(wanting(8)), Resting)


def test_a_large_card_is_left_for_what_only_it_can_run() -> None:
    live = [a_card(0, 12, busy_with=new_id()), a_card(1, 24)]
    waits = [Waits(10, 3, 60.0), Waits(22, 1, 300.0)]
    studio = Round(live, DeviceRules(), Circuits(), {}, Backlog(waits))
    draft = wanting(10)
    assert studio.place(draft) == Kept(live[1])
    assert studio.kept == {draft.task_id}
    assert studio.place(wanting(22, seconds=300.0)) == Place(live[1])


def test_a_large_card_is_not_left_idle_nor_for_ever() -> None:
    def deciding(waits: list[Waits], **given: object):
        live = [a_card(0, 12, busy_with=new_id()), a_card(1, 24)]
        one = wanting(10, **given)
        return Round(live, DeviceRules(), Circuits(), {}, Backlog(waits)).place(one)

    def finals(number: int) -> Waits:
        return Waits(22, number, 300.0 * number)

    assert isinstance(deciding([finals(1)]), Kept)
    assert isinstance(deciding([]), Place)
    # More waits for the small cards than for the large ones.
    assert isinstance(deciding([finals(1), Waits(10, 9, 600.0)]), Place)
    assert isinstance(deciding([finals(1)], waited=KEPT_FOR + 1), Place)
    # Of two that are free one is enough for what waits for them.
    live = [a_card(0, 12, busy_with=new_id()), a_card(1, 24), a_card(2, 24)]
    two = Round(live, DeviceRules(), Circuits(), {}, Backlog([finals(1)]))
    assert isinstance(two.place(wanting(10)), Place)
    assert isinstance(two.place(wanting(10)), Kept)


@given(
    st.lists(st.sampled_from(CARDS), min_size=1, max_size=6),
    st.lists(st.integers(1, 24), max_size=12),
)
def test_after_the_second_look_no_card_idles_that_a_task_fits_on(
    cards: list[int], wanted: list[int]
) -> None:
    live = [a_card(number, memory) for number, memory in enumerate(cards)]
    waits = [Waits(memory, wanted.count(memory), 60.0) for memory in set(wanted)]
    studio = Round(live, DeviceRules(), Circuits(), {}, Backlog(waits))
    left = [one for one in map(wanting, wanted) if not isinstance(studio.place(one), Place)]
    studio.keeping = False
    left = [one for one in left if not isinstance(studio.place(one), Place)]
    free = [worker.vram_bytes for worker in live if worker.busy_with is None]
    assert not left or max(free, default=0) < min(one.needs.vram_bytes for one in left)


def test_a_task_goes_where_its_model_is_loaded_else_to_the_smallest_card() -> None:
    live = [a_card(0, 12), a_card(1, 24), a_card(2, 24)]
    warm = WarmModels.of({str(live[2].id): "flux"})
    studio = Round(live, DeviceRules(), Circuits(), {}, None, warm)
    assert studio.warm_models() == {"flux"}
    assert studio.place(wanting(8, model="flux")) == Place(live[2])
    assert studio.warm_models() == set()
    assert studio.place(wanting(8, model="flux")) == Place(live[0])
    assert (warm.hits, warm.swaps) == (1, 1)
    assert warm.at(Place(live[0])) == "flux"


def test_the_server_that_has_the_model_is_preferred() -> None:
    live = [a_card(0, 24), a_card(1, 24)]
    for worker in live:
        worker.backends["film"] = OfferedBackend(version="1", servers={"near": 1, "far": 1})
    studio = Round(live, DeviceRules(), Circuits(), {}, None, WarmModels.of({"far": "flux"}))
    one = wanting(8, servers=("near", "far"), model="flux")
    assert studio.place(one) == Place(live[0], "far")


turns = st.lists(
    st.tuples(st.floats(0, 1e5), st.sampled_from(["", "a", "b", "c"])), min_size=1, max_size=20
).map(lambda found: sorted(found, key=lambda one: one[0]))


@given(turns, st.sets(st.sampled_from(["a", "b"])))
def test_a_loaded_model_passes_the_first_within_a_bound(tasks, warm) -> None:
    place = choose_warm(tasks, warm)
    turn, model = tasks[place]
    assert turn <= tasks[0][0] + PASSES_WITHIN
    assert place == 0 or model in warm
    # None before it would have found its model loaded.
    assert all(one[1] not in warm for one in tasks[:place])
