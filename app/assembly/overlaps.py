"""How long transitions may be, so that no frame of a shot belongs to two of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def fit_overlaps(lengths: Sequence[int], requested: Mapping[int, int]) -> dict[int, int]:
    """Shorten transitions until, for every shot, those at its two ends fit into its frames.

    `lengths` are the shots' frames; `requested` gives frames by the index of the shot before the
    transition (-1 at the film's beginning). What does not fit is shared in proportion. Frames
    are only ever taken away, so one pass from left to right leaves every shot satisfied.
    """
    fitted = {after: max(0, frames) for after, frames in requested.items()}
    for index, length in enumerate(lengths):
        head = fitted.get(index - 1, 0)
        tail = fitted.get(index, 0)
        if head + tail <= length:
            continue
        new_head = head * length // (head + tail)
        new_tail = min(tail, length - new_head)
        if index - 1 in fitted:
            fitted[index - 1] = new_head
        if index in fitted:
            fitted[index] = new_tail
    return fitted
