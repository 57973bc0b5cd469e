"""The dispatcher's rule in virtual time: nobody starves, all are served alike, cards are full."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.scheduler.report import outcome, share_error
from benchmarks.scheduler.rivals import RULES, first_come
from benchmarks.scheduler.simulator import fair, play
from benchmarks.scheduler.traces import HOUR, Job, Trace, deadline, flood

jobs = st.builds(
    Job,
    person=st.sampled_from(["ina", "tom", "ada"]),
    at=st.floats(0, 600),
    tier=st.sampled_from(["low", "standard", "high"]),
    seconds=st.floats(1, 600),
    expected=st.floats(1, 600),
)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(jobs, min_size=1, max_size=25),
    st.lists(st.sampled_from([12, 16, 24]), max_size=3),
    st.sampled_from(list(RULES.values())),
)
def test_each_job_is_begun_once_and_no_card_holds_two(found, cards, rule) -> None:
    asked = tuple(sorted(found, key=lambda job: job.at))
    # `play` sees at each step that no card holds too much, and none that a job fits on is free.
    runs = play(Trace("any", (*cards, 24), asked, "ina"), rule)
    assert sorted(map(id, (run.job for run in runs))) == sorted(map(id, asked))
    assert all(run.began >= run.job.at for run in runs)


def test_who_asks_for_little_does_not_wait_for_who_floods_the_studio() -> None:
    trace = flood(1)
    ours = outcome(trace, play(trace, fair))
    others = outcome(trace, play(trace, first_come))
    assert ours.small_p95 < 300 < others.small_p95 / 20
    assert ours.of_bound > 98


def test_people_who_all_wait_are_served_alike() -> None:
    trace = deadline(1)
    people = sorted({job.person for job in trace.jobs})
    runs = play(trace, fair)
    assert share_error(runs, people, 900, 900 + HOUR) < 10
    assert outcome(trace, runs).of_bound > 98
