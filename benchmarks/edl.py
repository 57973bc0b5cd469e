"""How long an edit list of 5,000 events takes, beside OpenTimelineIO's own CMX 3600 writer.

Run: python benchmarks/edl.py [--events 5000] [--rounds 5]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import opentimelineio as otio

from app.assembly import Cut, OrderedShot, OrderedTransition, SourceTake, build_cut, write_edl
from app.assembly.timeline import build_timeline

TARGET = 0.100


def make_cut(events: int) -> Cut:
    """Shots of two seconds, every third joined to the next by a dissolve."""
    order: list[OrderedShot | OrderedTransition] = []
    takes: dict[str, SourceTake] = {}
    for number in range(events):
        if number % 3 == 2:
            order.append(OrderedTransition(node=f"t{number}", frames=12))
        code = f"{number % 100:02d}0"
        order.append(
            OrderedShot(node=f"s{number}", scene=f"{number // 100:02d}", code=code, frames=48)
        )
        takes[f"s{number}"] = SourceTake(
            id=f"take{number}",
            media=f"{number:064x}",
            frames=48,
            name=f"SHOT-{code}_v01_take01",
        )
    return build_cut(order, takes, "24", title="Benchmark")


def timed(work: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def main() -> None:
    """Time both in turns, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    cut = make_cut(chosen.events)
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(chosen.rounds):
        ours.append(timed(lambda: write_edl(cut)))
        # Their writer changes the timeline that it is given, so each round gets a new one.
        timeline = build_timeline(cut)
        theirs.append(
            timed(lambda t=timeline: otio.adapters.write_to_string(t, "cmx_3600", rate=24))
        )
    mine, other = statistics.median(ours), statistics.median(theirs)
    print(f"{chosen.events} events, median of {chosen.rounds} rounds")
    print(f"  movie-director   {mine * 1000:9.1f} ms")
    print(f"  OpenTimelineIO   {other * 1000:9.1f} ms   ({other / mine:.0f} times as long)")
    print(f"  target {TARGET * 1000:.0f} ms: {'met' if mine <= TARGET else 'MISSED'}")


if __name__ == "__main__":
    main()
