"""How the garbage collector is set in a process that runs for long."""

from __future__ import annotations

import gc


def tune_for_serving() -> None:
    """Set aside what is loaded by now, and look through the rest seldom.

    What there is at this moment stays until the process ends: the collector need not look at it
    again. Graphs and plans are made of records without cycles, of which many come and go; by
    default the collector would look for garbage among them after every 700 of them.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
