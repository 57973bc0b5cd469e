"""Edits of a text that were made before later ones were seen: what brings them up to date.

Each client's unacknowledged edits are carried over what others did meanwhile, by one bridge for
each client that typed lately (the two-party form of operational transformation, with the server
as the other party of each client).
"""

from __future__ import annotations

from .model import TextEdit, TextHistory
from .text import TextDelta, transform

KEPT_EDITS = 256
KEPT_BRIDGES = 32
# Typing is small. Texts that are written whole, again and again, are forgotten sooner.
SMALL = 1024
KEPT_LETTERS = 128 * 1024


class TooOld(Exception):
    """The edit was made on a version whose later changes are forgotten."""


def bring_up_to_date(
    history: TextHistory, client: str, base: int, delta: TextDelta
) -> tuple[TextDelta, tuple[TextEdit, ...]]:
    """An edit as it reads now, and the client's bridge after it; `TooOld` when none can be built.

    The edit was made on version `base` and on all that the same client did since.
    """
    last, bridge = history.bridges.get(client, (-1, ()))
    if base < last <= history.rebuilt and (
        base < history.history_start
        or any(base < edit.version < last and edit.client != client for edit in history.edits)
    ):
        # A log tells how an edit was stored, not how it was made: where others typed in between,
        # or may have, what the same client typed behind it cannot be placed any more.
        raise TooOld
    if base >= last:
        if base < history.history_start:
            raise TooOld
        missed = [edit for edit in history.edits if edit.version > base]
        if any(edit.client == client for edit in missed):
            raise TooOld
    else:
        missed = [edit for edit in bridge if edit.version > base]
    carried: list[TextEdit] = []
    for edit in missed:
        moved = transform(edit.delta, delta, first=True)
        delta = transform(delta, edit.delta, first=False)
        carried.append(TextEdit(edit.version, edit.client, moved))
    return delta, tuple(carried)


def record(
    history: TextHistory,
    client: str,
    version: int,
    delta: TextDelta,
    bridge: tuple[TextEdit, ...] | None = None,
) -> TextHistory:
    """The history after an edit was applied; `bridge` is its client's, from `bring_up_to_date`."""
    edit = TextEdit(version, client, delta)
    edits = (*history.edits, edit)
    history_start = history.history_start
    if len(edits) > KEPT_EDITS:
        history_start = edits[-KEPT_EDITS - 1].version
        edits = tuple(e for e in edits if e.version > history_start)
    if letters((edit,)) > SMALL:
        while len(edits) > 1 and letters(edits) > KEPT_LETTERS:
            history_start, edits = edits[0].version, edits[1:]
    bridges: dict[str, tuple[int, tuple[TextEdit, ...]]] = {
        other: (last, (*waiting, edit))
        for other, (last, waiting) in history.bridges.items()
        if other != client and len(waiting) < KEPT_EDITS and letters(waiting) <= KEPT_LETTERS
    }
    if bridge is None:
        bridge = history.bridges.get(client, (-1, ()))[1]
    bridges[client] = (version, bridge)
    while len(bridges) > KEPT_BRIDGES:
        del bridges[next(iter(bridges))]
    return TextHistory(history_start, edits, bridges, history.rebuilt)


def letters(edits: tuple[TextEdit, ...]) -> int:
    """How much text such edits hold."""
    return sum(len(part) for edit in edits for part in edit.delta if isinstance(part, str))
