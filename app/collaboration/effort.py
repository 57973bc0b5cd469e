"""How much one step may do: one step of one person must not hold everybody up.

All graphs share one loop. Most operations take microseconds, and what they cost is counted while
they are done. An edit of a long text reads all of it, and one that was made long ago is carried
over everything that was typed since: that is refused before it is tried.
"""

from __future__ import annotations

from app.graph import AddNode, EditText, Graph, Rejection, SetNode, Transaction

# What is done on the loop in one piece, in units of `Work`: about a tenth of a second.
LIGHT = 250_000
# What is tried there of a step that can be done beside the loop as well.
TRIED = LIGHT // 2
# What a person may ask for over HTTP, done beside the loop: a few seconds of one processor.
HEAVY = 24 * LIGHT
# In letters that are read: about a tenth of a second, too.
MOST = 25_000_000
# To carry a part of an edit over one later edit takes as long as to read so many letters.
PART = 300


def too_much(place: int) -> Rejection:
    """Why a transaction is refused that proved to be too much while it was tried."""
    return Rejection(
        "too_large",
        "This step does so much at once that it would hold everybody up.",
        place,
        hint="Send it in several steps.",
    )


def too_costly(graph: Graph, transaction: Transaction) -> Rejection | None:
    """Why a transaction is refused before it is tried; None for all that people do."""
    cost = 0
    lengths: dict[tuple[str, str], int] = {}
    for place, operation in enumerate(transaction.ops):
        if isinstance(operation, AddNode):
            for name, text in operation.text.items():
                lengths[operation.id, name] = len(text)
        elif isinstance(operation, SetNode):
            for path, value in operation.values.items():
                if path.startswith("text.") and isinstance(value, str):
                    lengths[operation.id, path[5:]] = len(value)
        elif isinstance(operation, EditText):
            key = operation.id, operation.field
            if key not in lengths:
                node = graph.nodes.get(operation.id)
                lengths[key] = len(node.text.get(operation.field, "")) if node else 0
            history = graph.texts.get(f"{operation.id}/{operation.field}")
            missed = sum(edit.version > operation.base for edit in history.edits) if history else 0
            cost += lengths[key] + PART * len(operation.delta) * missed
            lengths[key] += sum(len(part) for part in operation.delta if isinstance(part, str))
            if cost > MOST:
                return Rejection(
                    "too_large",
                    "This step edits long texts so often that it would hold everybody up.",
                    place,
                    operation.id,
                    "Send it in several steps.",
                )
    return None
