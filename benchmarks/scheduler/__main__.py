"""Plays all traces by all rules and prints a table: `python -m benchmarks.scheduler`."""

from __future__ import annotations

import argparse

from .report import outcome, share_error
from .rivals import RULES
from .simulator import play
from .traces import ALL, HOUR, deadline


def main(seed: int) -> None:
    """Play and print."""
    print("| trace | rule | of the bound | loads | p95 | small users p95 | drafts p95 | longest |")
    print("|---|---|---|---|---|---|---|---|")
    for make in ALL:
        trace = make(seed)
        for name, rule in RULES.items():
            found = outcome(trace, play(trace, rule))
            print(
                f"| {trace.name} | {name} | {found.of_bound:.1f} % | {found.swaps} "
                f"| {found.all_p95:,.0f} s | {found.small_p95:,.0f} s "
                f"| {found.drafts_p95:,.0f} s | {found.longest:,.0f} s |"
            )
    burst = deadline(seed)
    people = sorted({job.person for job in burst.jobs})
    print()
    for name, rule in RULES.items():
        off = share_error(play(burst, rule), people, 900, 900 + HOUR)
        print(f"- {burst.name}, {name}: a person's share of an hour is off by {off:.1f} % at most")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    main(parser.parse_args().seed)
