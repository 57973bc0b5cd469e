"""One seed again, to be looked at: `python tests/collaboration/simulation SEED --trace`."""

from __future__ import annotations

import sys
from pathlib import Path

# Run as a folder, this is no package; its modules belong to one all the same.
sys.path[0] = str(Path(__file__).resolve().parents[1])


def main() -> int:
    """Run one seed; 1 when something was violated."""
    from simulation.world import run

    seed = int(sys.argv[1])
    outcome = run(seed, print if "--trace" in sys.argv else None)
    print(f"seed {seed}: {outcome.violation or 'all holds'}")
    print(f"{outcome.steps} steps, {outcome.seconds:.1f} s of its own time, "
          f"{dict(sorted(outcome.counts.items()))}")  # fmt: skip
    return 1 if outcome.violation else 0


sys.exit(main())
