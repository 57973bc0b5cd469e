"""The rules of `text.edit` and `graph.set`."""

from __future__ import annotations

from typing import Any

import msgspec

from . import text as texts
from .changes import KEY, Change, Refused
from .cost import LETTERS_PER_UNIT, NEIGHBOURS_PER_UNIT, REBASE_COST
from .labels import label_of
from .model import TextHistory
from .operations import EditText, SetGraph, SetNode
from .text_history import TooOld, bring_up_to_date, record
from .values import check_text, weigh_value

MAX_SETTINGS = 256


def edit_text(change: Change, op: EditText) -> None:
    node = change.graph.nodes.get(op.id)
    if node is None:
        raise Refused(
            "stale", "The node that this text belonged to was removed.", op.id, "Undo that."
        )
    change.check_unlocked(node)
    field = change.checked_field(node.type, op.id, "text", op.field)
    key = f"{op.id}/{op.field}"
    history = change.graph.texts.get(key, TextHistory())
    # A text that nobody has touched is edited as it is shown: with its default.
    before = node.text.get(op.field, (field and field.default) or "")
    if not 0 <= op.base <= change.version:
        raise Refused("invalid", f"There is no version {op.base} yet.", op.id)
    missed = sum(edit.version > op.base for edit in history.edits)
    change.cost.add(len(before) // LETTERS_PER_UNIT + REBASE_COST * len(op.delta) * missed)
    try:
        delta, bridge = bring_up_to_date(history, change.client, op.base, texts.normalise(op.delta))
        after = check_text(texts.apply_delta(before, delta))
    except TooOld as error:
        raise Refused(
            "too_old",
            f"The text of {label_of(node)} has changed too often since version {op.base}.",
            op.id,
            "Load the graph again and make the change once more.",
        ) from error
    except texts.BadDelta as error:
        raise Refused("invalid", f"{label_of(node)}: {error}.", op.id) from error
    if op.field not in node.text and before:
        # Who puts the effects into effect may not know the type, nor its default.
        path = f"text.{op.field}"
        change.done(
            SetNode(id=op.id, values={path: before}), SetNode(id=op.id, clear=(path,)), op.id
        )
    back = texts.invert(delta, before)
    recorded = record(history, change.client, change.version, delta, bridge)
    if change.replaying:
        recorded = msgspec.structs.replace(recorded, rebuilt=change.version)
    change.journal.put(change.graph.texts, key, recorded)
    change.journal.put_node(msgspec.structs.replace(node, text={**node.text, op.field: after}))
    change.note_write(node, f"text.{op.field}", None, quiet=True)
    change.done(
        EditText(id=op.id, field=op.field, base=change.version - 1, delta=delta),
        EditText(id=op.id, field=op.field, base=change.version, delta=back),
        op.id,
    )


def set_graph(change: Change, op: SetGraph) -> None:
    settings = change.graph.settings
    before = {key: settings[key] for key in (*op.values, *op.clear) if key in settings}
    absent = tuple(key for key in op.values if key not in settings)
    values: dict[str, Any] = {}
    for key, value in op.values.items():
        values[key], cost = weigh_value(value)
        change.cost.add(cost)
    for key in (*values, *op.clear):
        if not KEY.fullmatch(key):
            raise Refused("invalid", f"{key[:80]!r} is no name for a setting.")
    for key, value in values.items():
        change.journal.put(settings, key, value)
    for key in op.clear:
        change.journal.drop(settings, key)
    if len(settings) > MAX_SETTINGS:
        raise Refused("too_large", f"A graph holds at most {MAX_SETTINGS} settings.")
    fields = dict(change.graph.last_writes.get("", {}))
    change.cost.add(len(fields) // NEIGHBOURS_PER_UNIT)
    fields.update(dict.fromkeys((*values, *op.clear), change.mark()))
    change.journal.put(change.graph.last_writes, "", fields)
    change.done(SetGraph(values=values, clear=op.clear), SetGraph(values=before, clear=absent))
