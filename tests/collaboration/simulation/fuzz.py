"""Many seeds on all cores: `python tests/collaboration/simulation fuzz COUNT [SEED]`."""

from __future__ import annotations

import multiprocessing
import os
import secrets
import time
from collections import Counter
from pathlib import Path

from .world import Outcome, run

REGRESSIONS = Path(__file__).with_name("regressions.txt")


def known_seeds() -> list[int]:
    """The seeds that have failed once."""
    lines = REGRESSIONS.read_text().splitlines()
    return [int(line.split()[0]) for line in lines if line and not line.startswith("#")]


def fuzz(count: int, first: int | None = None) -> int:
    """Run so many seeds in a row; 1 when any failed, each told with how to run it again."""
    start = secrets.randbelow(10**9) if first is None else first
    print(f"{count:,} seeds from {start} on {os.cpu_count()} cores", flush=True)
    begun, failed = time.monotonic(), 0
    counts: Counter[str] = Counter()
    with multiprocessing.Pool() as pool:
        seeds = range(start, start + count)
        for done, outcome in enumerate(pool.imap_unordered(_run, seeds, chunksize=10), 1):
            counts.update(outcome.counts)
            if outcome.violation:
                failed += 1
                print(f"seed {outcome.seed}: {outcome.violation[:2000]}", flush=True)
                print(f"  again: python tests/collaboration/simulation {outcome.seed} --trace")
            if done % 1000 == 0:
                print(f"{done:,} in {time.monotonic() - begun:.0f} s, {failed} failed", flush=True)
    took = time.monotonic() - begun
    print(f"{count:,} seeds in {took:.0f} s: {failed} failed")
    print(", ".join(f"{what} {n:,}" for what, n in sorted(counts.items())))
    return 1 if failed else 0


def _run(seed: int) -> Outcome:
    return run(seed)
