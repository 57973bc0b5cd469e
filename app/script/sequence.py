"""The order of scenes and shots after a new script: what it moves, and what people moved."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

from app.graph import key_between, keys_between, unmoved


def merge_order(now: Sequence[str], before: Sequence[str], incoming: Sequence[str]) -> list[str]:
    """The order after an import: people's own order and nodes stay; what the script moved or
    added comes after what it follows there. `before` is the last script's order, `incoming` this
    one's; what stands in `now` and in neither is people's own."""
    places = {key: index for index, key in enumerate(before)}
    where = [places.get(key) for key in incoming]
    stayed = unmoved(where)
    staying = {key for at, key in enumerate(incoming) if at in stayed}
    present = set(now)
    from_script = set(before) | set(incoming)
    order = [key for key in now if key in staying or key not in from_script]
    following: dict[str, list[str]] = {}
    last = ""
    for key in incoming:
        if key in staying and key in present:
            last = key
        else:
            following.setdefault(last, []).append(key)
    found = list(following.get("", []))
    for key in order:
        found.append(key)
        found.extend(following.get(key, []))
    return found


def rank_keys(before: dict[str, str], incoming: Sequence[str]) -> dict[str, str]:
    """Order keys that say how a script orders its parts: those of the last script stand, but for
    what moved. `before` has all that are known, also those that are in no script any more."""
    known = {key: index for index, key in enumerate(sorted(before, key=lambda key: before[key]))}
    stayed = unmoved([known.get(key) for key in incoming])
    places = SiblingOrder(before)
    for index, key in enumerate(incoming):
        if index not in stayed:
            places.put(key, places.after(incoming[index - 1] if index else ""))
    return {key: places.order_of(key) for key in incoming}


class SiblingOrder:
    """Order keys among siblings, with room found for what is put in between."""

    def __init__(self, orders: dict[str, str]) -> None:
        self._of = dict(orders)
        self._sorted = sorted(self._of.values())

    def order_of(self, node_id: str) -> str:
        """The order key of a sibling."""
        return self._of[node_id]

    def after(self, node_id: str) -> str:
        """A key right after this sibling, or before all when it is ""."""
        low = self._of.get(node_id)
        at = bisect.bisect_right(self._sorted, low) if low is not None else 0
        high = self._sorted[at] if at < len(self._sorted) else None
        return key_between(low, high)

    def put(self, node_id: str, order: str) -> None:
        """Remember that a node now lies there."""
        self._of[node_id] = order
        bisect.insort(self._sorted, order)

    def append(self, count: int) -> list[str]:
        """So many keys after all others."""
        found = keys_between(self._sorted[-1] if self._sorted else None, None, count)
        self._sorted.extend(found)
        return found
