"""Presence without sockets: who is told what, when, and what hostile clients cannot do."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.accounts import Actor
from app.collaboration import PresenceBoard
from app.collaboration.presence import GRACE, MAX_IDS, PALETTE, REFRESH, Drag, PresenceUpdate
from app.platform.ids import new_id
from tests.contrast import contrast, linear

PROJECT, OTHER = new_id(), new_id()
GRAPH = new_id()


def somebody(name: str = "Ina", user_id: UUID | None = None) -> Actor:
    return Actor(user_id=user_id or new_id(), name=name)


class Clock:
    """A board with a time of its own, and what each session was told last of each other."""

    def __init__(self) -> None:
        self.board = PresenceBoard()
        self.now = 100.0
        self.seen: dict[str, dict] = {}
        self.frames: list[PresenceUpdate] = []

    def join(self, session: str, user: Actor | None = None, project=PROJECT, **how):
        graph = how.pop("graph", GRAPH)
        presence = self.board.joined(project, session, user or somebody(), graph, **how)
        self.seen[session] = {v.session_id: v for v in self.board.people(project)}
        return presence

    def tick(self, seconds: float = 0.25) -> list[PresenceUpdate]:
        self.now += seconds
        frames = self.board.collect(self.now)
        for sight in frames:
            for session in sight.sessions:
                known = self.seen[session]
                known.update({v.session_id: v for v in sight.people})
                for gone in sight.gone:
                    known.pop(gone, None)
        self.frames += frames
        return frames


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_movement_is_told_once_in_a_tick_with_the_newest_place(clock) -> None:
    for session in "ab":
        clock.join(session)
    clock.tick()
    for x in range(10):
        clock.board.update("a", {"cursor": (float(x), 0.0)})
    [sight] = clock.tick()
    assert [v.session_id for v in sight.people] == ["a"]
    assert sight.people[0].cursor == (9.0, 0.0)
    assert sight.lossy
    assert sight.everybody
    assert clock.tick() == []


@pytest.mark.parametrize(("people", "tick"), [(10, 0.05), (50, 0.1), (51, 0.2)])
def test_the_more_people_the_slower_the_tick(clock, people, tick) -> None:
    for number in range(people):
        clock.join(f"s{number}")
    clock.tick()
    clock.board.update("s0", {"cursor": (1.0, 1.0)})
    assert clock.board.next_due() == pytest.approx(clock.now + tick)
    assert clock.tick(tick * 0.9) == []
    assert len(clock.tick(tick * 0.2)) == 1


def test_no_client_is_told_of_more_than_twenty_times_a_second(clock) -> None:
    for session in "ab":
        clock.join(session)
    clock.tick()
    found = 0
    for step in range(1000):
        clock.board.update("a", {"cursor": (float(step), 0.0)})
        found += len(clock.tick(0.001))
    assert 10 <= found <= 21
    clock.tick()
    assert clock.seen["b"]["a"].cursor == (999.0, 0.0), "the newest is kept"


def test_details_are_for_people_in_the_same_subflow_of_the_same_graph(clock) -> None:
    clock.join("a")
    clock.join("b")
    clock.join("c", graph=new_id())
    clock.tick()
    given = {"cursor": (1.0, 2.0), "selection": ("n1",), "editing": "n1.prompt", "subflow": "s"}
    clock.board.update("a", given)
    clock.tick()
    for elsewhere in "bc":
        seen = clock.seen[elsewhere]["a"]
        assert seen.subflow == "s"
        assert (seen.cursor, seen.selection, seen.editing) == (None, (), None)
    clock.board.update("a", {"cursor": (3.0, 4.0)})
    assert clock.tick() == [], "what moves elsewhere is told to nobody"
    clock.board.update("b", {"subflow": "s"})
    clock.tick()
    assert clock.seen["b"]["a"].cursor == (3.0, 4.0)
    assert clock.seen["b"]["a"].selection == ("n1",)
    clock.board.update("b", {"subflow": None})
    clock.tick()
    clock.board.update("a", {"cursor": (9.0, 9.0)})
    clock.tick()
    assert clock.seen["b"]["a"].cursor != (9.0, 9.0)


def test_a_frame_is_made_once_for_each_subflow(clock) -> None:
    for number in range(30):
        clock.join(f"s{number}")
        clock.board.update(f"s{number}", {"subflow": f"flow{number % 3}"})
    clock.tick()
    for number in range(30):
        clock.board.update(f"s{number}", {"cursor": (1.0, float(number))})
    frames = clock.tick()
    assert len(frames) == 3
    assert sorted(s for f in frames for s in f.sessions) == sorted(f"s{n}" for n in range(30))
    assert all(len(f.people) == 10 for f in frames)


def test_who_is_alone_is_told_nothing_and_wakes_nobody(clock) -> None:
    clock.join("a")
    clock.tick()
    clock.board.update("a", {"cursor": (1.0, 1.0)})
    assert clock.tick() == []
    assert clock.board.next_due() is None


def test_who_drops_is_away_and_then_gone(clock) -> None:
    for session in "ab":
        clock.join(session, client_id=session)
    clock.tick()
    clock.board.left("a", clock.now)
    [sight] = clock.tick()
    assert sight.people[0].away
    assert not sight.lossy
    assert clock.tick(GRACE - 1) == []
    [sight] = clock.tick(1)
    assert sight.gone == ("a",)
    assert "a" not in clock.seen["b"]


def test_who_comes_back_in_time_has_the_same_place_and_colour(clock) -> None:
    ina = somebody()
    first = clock.join("a", ina, client_id="tab")
    clock.join("b")
    clock.board.update("a", {"cursor": (5.0, 5.0), "selection": ("n1",), "subflow": "s"})
    clock.tick()
    clock.board.left("a", clock.now)
    clock.tick(3)
    again = clock.join("a2", ina, client_id="tab")
    assert (again.colour, again.cursor, again.subflow) == (first.colour, (5.0, 5.0), "s")
    clock.tick()
    assert set(clock.seen["b"]) == {"a2", "b"}
    assert not clock.seen["b"]["a2"].away
    clock.tick(2 * GRACE)
    assert set(clock.seen["b"]) == {"a2", "b"}


def test_a_client_of_somebody_else_takes_nobodys_place(clock) -> None:
    clock.join("a", client_id="tab")
    clock.board.update("a", {"cursor": (5.0, 5.0)})
    clock.board.left("a", clock.now)
    assert clock.join("x", somebody("Mallory"), client_id="tab").cursor is None


def test_a_connection_that_was_replaced_leaves_no_ghost(clock) -> None:
    ina = somebody()
    clock.join("watcher")
    clock.join("old", ina, client_id="tab")
    clock.join("new", ina, client_id="tab")
    clock.tick()
    clock.board.left("old", clock.now)
    clock.tick()
    assert set(clock.seen["watcher"]) == {"watcher", "new"}


def test_who_comes_back_after_the_last_one_left_finds_the_place_within_the_grace(clock) -> None:
    ina = somebody()
    clock.join("a", ina, client_id="tab")
    clock.board.update("a", {"cursor": (5.0, 5.0)})
    clock.board.left("a", clock.now)
    clock.tick(1)
    assert not clock.board.empty
    assert clock.join("a2", ina, client_id="tab").cursor == (5.0, 5.0)
    clock.board.left("a2", clock.now)
    clock.tick(GRACE)
    assert clock.board.empty
    assert clock.board.next_due() is None


def test_a_lost_frame_is_mended_by_the_next_refresh(clock) -> None:
    for session in "abc":
        clock.join(session)
    clock.tick()
    clock.board.update("a", {"cursor": (1.0, 1.0)})
    clock.board.collect(clock.now + 0.1)  # Nobody gets it.
    clock.board.update("b", {"cursor": (2.0, 2.0)})
    clock.tick()
    assert clock.seen["c"]["a"].cursor is None
    clock.tick(REFRESH)
    assert clock.seen["c"]["a"].cursor == (1.0, 1.0)
    assert clock.board.next_due() is None, "what rests is not told again"


def test_who_missed_something_is_told_of_everybody_and_of_who_went(clock) -> None:
    for session in "abcd":
        clock.join(session)
    clock.board.update("b", {"subflow": "s"})
    clock.tick()
    before = dict(clock.seen["a"])
    clock.board.update("c", {"cursor": (1.0, 1.0)})
    clock.board.removed("d")
    clock.tick()
    clock.seen["a"] = before
    clock.board.missed("a")
    clock.tick()
    assert set(clock.seen["a"]) == {"a", "b", "c"}
    assert clock.seen["a"]["c"].cursor == (1.0, 1.0)
    assert clock.board.next_due() is None or clock.board.next_due() > clock.now + 1


def test_people_keep_their_colours_and_no_two_share_one_while_there_are_enough(clock) -> None:
    people = [somebody(str(number)) for number in range(len(PALETTE))]
    colours = [clock.join(f"s{n}", user).colour for n, user in enumerate(people)]
    assert len(set(colours)) == len(PALETTE)
    assert clock.join("second window", people[0]).colour == colours[0]
    shared = Counter(
        [*colours, *(clock.join(f"t{n}", somebody()).colour for n in range(len(PALETTE)))]
    )
    assert set(shared.values()) == {2}
    alone = [PresenceBoard().joined(OTHER, "s", people[3], GRAPH).colour for _ in range(3)]
    assert len(set(alone)) == 1, "by the user's id, not by chance"


def oklab(rgb: list[float]) -> tuple[float, ...]:
    red, green, blue = (max(0.0, c) for c in rgb)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


# What is left of a colour without the green or the red cones (Machado and others, 2009).
WITHOUT = {
    "nothing": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "green": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "red": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
}


def test_colours_are_seen_on_the_canvas_and_letters_on_them() -> None:
    for colour in PALETTE:
        assert contrast(colour, "#262626") >= 4.5
        assert contrast(colour, "#111111") >= 4.5


@pytest.mark.parametrize("cones", WITHOUT)
def test_colours_are_told_apart(cones) -> None:
    for one, other in itertools.combinations(PALETTE, 2):
        seen = [
            oklab(
                [sum(w * c for w, c in zip(row, linear(x), strict=True)) for row in WITHOUT[cones]]
            )
            for x in (one, other)
        ]
        assert math.dist(*seen) > (0.12 if cones == "nothing" else 0.075), (one, other)


@pytest.mark.parametrize(
    ("given", "field", "kept"),
    [
        ({"cursor": (math.nan, 1.0)}, "cursor", None),
        ({"cursor": (math.inf, 1.0)}, "cursor", None),
        ({"cursor": (1e300, -1e300)}, "cursor", (1e7, -1e7)),
        ({"cursor": (1.23456, 0.0)}, "cursor", (1.2, 0.0)),
        ({"selection": None}, "selection", ()),
        ({"selection": ("x", "x")}, "selection", ("x",)),
        ({"subflow": "s" * 1000}, "subflow", "s" * 64),
        ({"drag": Drag(ids=("x",), by=(math.nan, 0.0))}, "drag", None),
    ],
)
def test_what_a_client_says_is_made_harmless(clock, given, field, kept) -> None:
    clock.join("a")
    clock.board.update("a", {"cursor": (1.0, 1.0), "selection": ("y",)})
    clock.board.update("a", given)
    assert getattr(clock.board.presence_of("a"), field) == kept


def test_a_place_is_bounded_and_a_heavy_one_is_told_less_often(clock) -> None:
    for session in "ab":
        clock.join(session)
    clock.tick()
    ids = tuple(f"{n:064}" for n in range(10_000))
    found = 0
    for step in range(200):
        drag = Drag(ids=ids, by=(float(step), 0.0))
        clock.board.update("a", {"selection": ids, "drag": drag})
        found += len([s for s in clock.tick(0.01) if s.people])
    assert len(clock.board.presence_of("a").selection) == MAX_IDS
    assert len(clock.board.presence_of("a").drag.ids) == MAX_IDS
    assert found <= 6
    clock.tick(1)
    assert clock.seen["b"]["a"].drag.by == (199.0, 0.0)


def test_strangers_and_the_dead_change_nothing(clock) -> None:
    clock.board.update("nobody", {"cursor": (1.0, 1.0)})
    clock.board.left("nobody", clock.now)
    clock.join("a")
    clock.board.left("a", clock.now)
    clock.board.update("a", {"cursor": (1.0, 1.0)})
    clock.board.left("a", clock.now + 5)
    assert clock.board.presence_of("a").cursor is None
    clock.tick(GRACE)
    assert clock.board.empty


def test_who_reconnects_without_end_leaves_few_avatars(clock) -> None:
    ina = somebody()
    for number in range(1000):
        clock.join(f"s{number}", ina, client_id=f"c{number}")
        clock.board.left(f"s{number}", clock.now)
    assert len(clock.board.people(PROJECT)) < 10


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["join", "leave", "move", "flow", "tick", "wait"]),
        st.integers(0, 5),
        st.integers(0, 3),
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_at_rest_everybody_sees_what_they_may_see(steps) -> None:
    clock = Clock()
    people = [somebody(str(n)) for n in range(3)]
    there: dict[int, str] = {}
    for number, (what, who, value) in enumerate(steps):
        if what == "join" and who not in there:
            there[who] = f"{who}/{number}"
            clock.join(there[who], people[who % 3], client_id=f"client{who}")
        elif what == "leave" and who in there:
            session = there.pop(who)
            clock.board.left(session, clock.now)
            del clock.seen[session]
        elif what == "move" and who in there:
            clock.board.update(there[who], {"cursor": (float(value), 0.0)})
        elif what == "flow" and who in there:
            clock.board.update(there[who], {"subflow": f"s{value}" if value else None})
        elif what == "tick":
            clock.tick(0.06)
        elif what == "wait":
            clock.tick(4)
    # Two, as the first may fall between two ticks.
    clock.tick(0.25)
    clock.tick(0.25)
    for session in there.values():
        me = clock.board.presence_of(session)
        seen = clock.seen[session]
        everybody = {v.session_id for v in clock.board.people(PROJECT)}
        others = everybody - {session}
        assert seen.keys() - {session} == others
        for other in others:
            whole = clock.board.presence_of(other)
            same = (whole.graph_id, whole.subflow) == (me.graph_id, me.subflow)
            found = seen[other]
            assert (found.subflow, found.away) == (whole.subflow, whole.away)
            if same:
                assert found == whole
    clock.tick(GRACE + 1)
    assert {v.session_id for v in clock.board.people(PROJECT)} == set(there.values())
