"""What one person can take back and do again in a graph, as the rows of the log tell it.

A step is a row that takes nothing back, with the undos and redos that followed it. Only their
versions are kept: however often a step is undone and redone, it stays one step.
"""

from __future__ import annotations

import msgspec

MAX_STEPS = 1000
MAX_ROWS = 5000


class UndoEntry(msgspec.Struct):
    """A step: the row that began it, and the row that undid or redid it last."""

    root: int
    top: int


class UndoStack:
    """The steps of one person in one graph; `head` is the newest row that was told of."""

    def __init__(self) -> None:
        self.head = 0
        self.done: list[UndoEntry] = []
        self.undone: list[UndoEntry] = []
        self.roots: dict[int, int] = {}
        self.rows: dict[int, int] = {}

    def add(self, version: int, undo_of: int | None) -> None:
        """Hear of the person's next row, in the order of the log."""
        self.head = version
        if undo_of is None:
            self.done.append(UndoEntry(version, version))
            self.undone.clear()
            del self.done[:-MAX_STEPS]
            return
        root = self.roots.get(undo_of, undo_of)
        for here, there in ((self.done, self.undone), (self.undone, self.done)):
            place = next((n for n, e in enumerate(here) if e.root == root), None)
            if place is not None:
                # What lay above it had nothing left to take back, and left no row.
                entry = here[place]
                del here[place:]
                entry.top = version
                there.append(entry)
                break
        else:
            return
        self.roots[version] = root
        self.rows[version] = undo_of
        while len(self.roots) > MAX_ROWS:
            oldest = next(iter(self.roots))
            del self.roots[oldest], self.rows[oldest]

    def next(self, *, redo: bool) -> UndoEntry | None:
        """The step whose turn it is."""
        steps = self.undone if redo else self.done
        return steps[-1] if steps else None

    def discard(self, entry: UndoEntry) -> None:
        """Forget a step of which nothing is left to take back."""
        for steps in (self.done, self.undone):
            if entry in steps:
                steps.remove(entry)
