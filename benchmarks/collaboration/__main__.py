"""Run the workloads: every system in each round, in another order each time.

    python -m benchmarks.collaboration --quick
    python -m benchmarks.collaboration --full
    python -m benchmarks.collaboration --workload W1 --systems studio hocuspocus-33 --rounds 5

A round in which the generator itself was late is void, and is done again.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from . import report
from .systems import check_peers, fresh
from .workloads import BATCHED, SYSTEMS, WORKLOADS, Case

TRIES = 3
# What a server or its generator may do wrong; the others' turns go on.
FAULTS = (RuntimeError, OSError, httpx.HTTPError, asyncpg.PostgresError)


def take_turn(system: str, case: Case, folder: Path) -> dict[str, Any]:
    """One system's turn in one round; a late generator gets another try."""
    figures: dict[str, Any] = {}
    for attempt in range(1, TRIES + 1):
        server = SYSTEMS[system](fresh(folder / system))
        with server:
            figures = case.turn(server, system, **case.arguments)
        lag = figures.get("lag_p95") or 0
        figures["void"] = lag > case.lag
        if not figures["void"]:
            break
        print(f"    void: the generator was {lag:.1f} ms late (attempt {attempt})", flush=True)
    return figures


def run_case(
    name: str, case: Case, systems: Sequence[str] | None, rounds: int, folder: Path
) -> list[Any]:
    """All rounds of one case; prints its table and returns each round's figures."""
    taking = list(systems or case.systems)
    found: dict[str, list[dict[str, Any]]] = {system: [] for system in taking}
    for number in range(rounds):
        # Whoever comes first finds the machine as the last one left it: take turns at that too.
        shift = number % len(taking)
        for system in [*taking[shift:], *taking[:shift]]:
            begun = time.monotonic()
            try:
                figures = take_turn(system, case, folder)
            except FAULTS as error:
                traceback.print_exc()
                figures = {"void": True, "error": str(error)[:2000]}
            found[system].append(figures)
            lasted = time.monotonic() - begun
            shown = {key: figures.get(key) for key in case.columns[:3]}
            print(f"  {name} {case.name} round {number + 1} {system}: {shown} ({lasted:.0f} s)")
    rows, results = [], []
    for system in taking:
        valid = [figures for figures in found[system] if not figures["void"]]
        # All rounds late: shown with a mark, as what the machine could not measure.
        middle = report.median(valid or [f for f in found[system] if "error" not in f])
        mark = "" if valid else " (void)"
        rows.append((SYSTEMS[system].title + mark, middle))
        results.append(
            {"system": system, "median": middle, "valid": len(valid), **_all(found[system])}
        )
        for trouble in {str(f.get("trouble") or "") for f in found[system]} - {"", "{}"}:
            print(f"    {system} had trouble: {trouble[:300]}")
    report.show(f"{name}, {case.name} (median of {rounds})", case.columns, rows)
    return results


def _all(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    return {"rounds": rounds}


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument(
        "--workload", nargs="+", choices=list(WORKLOADS), default=list(WORKLOADS)
    )
    arguments.add_argument("--systems", nargs="+", choices=list(SYSTEMS))
    size = arguments.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="a look, not a measurement")
    size.add_argument("--full", action="store_true", help="the sizes of the README (default)")
    arguments.add_argument(
        "--rounds", type=int, help="of every case; else as many as the case names"
    )
    arguments.add_argument("--case", help="only cases whose name begins so, such as '50'")
    arguments.add_argument("--folder", type=Path, help="where servers keep their files")
    options = arguments.parse_args()
    systems = options.systems or (BATCHED if options.quick else None)
    check_peers()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    folder = Path(tempfile.mkdtemp(prefix="collaboration-", dir=options.folder))
    found: dict[str, Any] = {"surroundings": report.surroundings(folder), "workloads": {}}
    print(f"surroundings: {found['surroundings']}")
    try:
        for name in options.workload:
            workload = WORKLOADS[name]
            print(f"\n{name}: {workload.title}", flush=True)
            for case in workload.quick if options.quick else workload.full:
                if options.case and not case.name.startswith(options.case):
                    continue
                rounds = options.rounds or (1 if options.quick else case.rounds)
                result = run_case(name, case, systems, rounds, folder)
                found["workloads"].setdefault(name, {})[case.name] = result
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if found["workloads"]:
            print(f"\nwritten: {report.write('-'.join(found['workloads']), found).name}")


if __name__ == "__main__":
    main()
