"""What a round decides, for any studio: nothing is given that does not fit, none idles."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.platform.ids import new_id
from app.scheduling import OfferedBackend, Worker
from app.scheduling.circuits import Circuit, Circuits
from app.scheduling.decisions import NoIdleWorker, Resting, Round, Taken, Wanted
from app.scheduling.device_rules import DeviceRule, DeviceRules
from app.scheduling.placement import Place
from node_registry import Needs

NOW = datetime(2026, 12, 1, tzinfo=UTC)
CARDS = (12, 16, 24)


def a_card(number: int, memory: int, **given: object) -> Worker:
    return Worker(
        id=new_id(), name=f"card-{number}", device="gpu", device_id=f"gpu:{number}",
        vram_bytes=memory, backends={"film": OfferedBackend(version="1", servers={"far": 2})},
        started_at=NOW, seen_at=NOW, **given,  # type: ignore[arg-type]
    )  # fmt: skip


def wanting(memory: int, *, servers: tuple[str, ...] = ()) -> Wanted:
    return Wanted(
        task_id=new_id(), project_id=new_id(), backend="film", version="1",
        needs=Needs(device="gpu", vram_bytes=memory, servers=servers),
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
