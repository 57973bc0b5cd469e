"""The changes of a graph: what a transaction is made of, and what everybody is told of it."""

from __future__ import annotations

from typing import Any

import msgspec

from .errors import StudioError

LONGEST_LABEL = 200
# A studio closes a connection that brings a frame over 1 MiB; its envelope is a part of that.
LARGEST_BODY = 1024 * 1024 - 1024

Delta = tuple[int | str, ...]


class _Operation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="op"):
    pass


class AddNode(_Operation, frozen=True, kw_only=True, tag="node.add"):
    """Put a node into the graph. `id` is a new UUID: `new_id()` makes one."""

    id: str
    type: str
    parent: str | None = None
    order: str = "a0"
    pos: tuple[float, float] = (0, 0)
    size: tuple[float, float] | None = None
    data: dict[str, Any] = {}
    text: dict[str, str] = {}
    locked: bool = False
    type_version: str | None = None


class RemoveNodes(_Operation, frozen=True, kw_only=True, tag="node.remove"):
    """Take nodes away, with all that lies in them and every edge that touches them."""

    ids: tuple[str, ...]


class SetNode(_Operation, frozen=True, kw_only=True, tag="node.set"):
    """Write fields of a node: `pos`, `size`, `locked`, `data.<key>` or `text.<key>`.

    `clear` names fields that go back to their default.
    """

    id: str
    values: dict[str, Any] = {}
    clear: tuple[str, ...] = ()


class MoveNode(_Operation, frozen=True, kw_only=True, tag="node.move"):
    """Put a node into a container (None: the root), at a place among its siblings."""

    id: str
    parent: str | None
    order: str


class AddEdge(_Operation, frozen=True, kw_only=True, tag="edge.add"):
    """Connect an output with an input. `replace` takes away what fills the input now."""

    id: str
    source: str
    source_socket: str
    target: str
    target_socket: str
    order: str = "a0"
    strength: float = 1
    label: str = ""
    replace: bool = False


class SetEdge(_Operation, frozen=True, kw_only=True, tag="edge.set"):
    """Write what is given of an edge."""

    id: str
    strength: float | msgspec.UnsetType = msgspec.UNSET
    label: str | msgspec.UnsetType = msgspec.UNSET
    order: str | msgspec.UnsetType = msgspec.UNSET


class RemoveEdges(_Operation, frozen=True, kw_only=True, tag="edge.remove"):
    """Take edges away."""

    ids: tuple[str, ...]


class EditText(_Operation, frozen=True, kw_only=True, tag="text.edit"):
    """Change a text letter by letter: keep (a positive number), insert (a string), delete (a
    negative number), counted in UTF-16 units. `Project.write_text` makes these for you.

    `base` is the version in which the text was as the delta expects it.
    """

    id: str
    field: str
    base: int
    delta: Delta


class SetGraph(_Operation, frozen=True, kw_only=True, tag="graph.set"):
    """Write settings of the graph itself; `clear` takes some away."""

    values: dict[str, Any] = {}
    clear: tuple[str, ...] = ()


Operation = (
    AddNode
    | RemoveNodes
    | SetNode
    | MoveNode
    | AddEdge
    | SetEdge
    | RemoveEdges
    | EditText
    | SetGraph
)


class _Body(msgspec.Struct):
    ops: tuple[Operation, ...]
    base_version: int


def check(body: dict[str, Any]) -> None:
    """See before it is sent that a transaction can be read by a studio.

    Raises `client.bad_operation` or `client.too_large`: the studio could not say to whom it
    belongs, and would be sent it again and again.
    """
    try:
        encoded = msgspec.json.encode(body)
        msgspec.json.decode(encoded, type=_Body)
    except (TypeError, ValueError, OverflowError, msgspec.MsgspecError) as error:
        raise StudioError(
            "client.bad_operation",
            f"These operations cannot be sent: {error}.",
            "Values are what JSON knows: texts, numbers, true, false, None, lists and dicts.",
        ) from error
    if len(encoded) > LARGEST_BODY:
        raise StudioError(
            "client.too_large",
            f"These operations have {len(encoded):,} bytes; a transaction has at most "
            f"{LARGEST_BODY:,}.",
            "Submit them in parts.",
        )
