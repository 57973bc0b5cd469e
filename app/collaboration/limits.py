"""How much one transaction may cost: one person must not block everybody else.

All graphs share one loop. Most operations take microseconds, and what they cost is counted while
they are done. An edit of a long text reads all of it, and one that was made long ago is carried
over everything that was typed since: that is refused before it is tried.
"""

from __future__ import annotations

from app.graph import AddNode, EditText, Graph, Rejection, SetNode, Transaction

# The most that one step may cost on the event loop, in units of `CostMeter`: about 0.1 s.
LOOP_LIMIT = 250_000
# The most that is tried on the loop of a step that can be offloaded to a thread.
FIRST_TRY_LIMIT = LOOP_LIMIT // 2
# The most that a person's step may cost in a thread: a few seconds of one processor.
OFFLOAD_LIMIT = 24 * LOOP_LIMIT
# Characters of text that the edits of one step may read: about 0.1 s, too.
MAX_TEXT_READ = 25_000_000
# To transform a part of an edit over one later edit takes as long as to read so many characters.
REBASE_COST = 300


def over_limit(place: int) -> Rejection:
    """The refusal of a transaction that exceeded its limit while it was applied."""
    return Rejection(
        "too_large",
        "This step does so much at once that it would hold everybody up.",
        place,
        hint="Send it in several steps.",
    )


def busy() -> Rejection:
    """The refusal of a step that is too large for the loop and that a thread could not get in."""
    return Rejection(
        "busy",
        "This canvas changes too quickly just now for so large a step.",
        hint="Try again, or do it in several steps.",
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
            cost += lengths[key] + REBASE_COST * len(operation.delta) * missed
            lengths[key] += sum(len(part) for part in operation.delta if isinstance(part, str))
            if cost > MAX_TEXT_READ:
                return Rejection(
                    "too_large",
                    "This step edits long texts so often that it would hold everybody up.",
                    place,
                    operation.id,
                    "Send it in several steps.",
                )
    return None
