"""From the command line, one seed to be looked at or many to be tried.

`python tests/collaboration/simulation SEED [--trace]`
`python tests/collaboration/simulation fuzz COUNT [FIRST SEED]`
"""

from __future__ import annotations

import sys
from pathlib import Path

# Run as a folder, this is no package; its modules belong to one all the same.
sys.path[0] = str(Path(__file__).resolve().parents[1])


def main() -> int:
    """Run what is asked for; 1 when something was violated."""
    from simulation.fuzz import fuzz
    from simulation.world import run

    if sys.argv[1] == "fuzz":
        return fuzz(*map(int, sys.argv[2:4]))
    seed = int(sys.argv[1])
    outcome = run(seed, print if "--trace" in sys.argv else None)
    print(f"seed {seed}: {outcome.violation or 'all holds'}")
    print(f"{outcome.steps} steps, {outcome.seconds:.1f} s of its own time")
    print(", ".join(f"{what} {n}" for what, n in sorted(outcome.counts.items())))
    return 1 if outcome.violation else 0


if __name__ == "__main__":
    sys.exit(main())
