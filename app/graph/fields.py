"""The fields of a node type, compiled once: where each is kept, who may write it, what fits."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import msgspec

from node_registry import NodeType

from .values import plain_numbers


class Field(msgspec.Struct, frozen=True):
    """One param of a node type. `place` is the part of the node that holds it.

    `compared` fields are refused as stale when somebody wrote them after the writer last looked.
    `media` fields hold references to bytes, alone or in a list.
    """

    name: str
    place: str
    validator: jsonschema_rs.Validator
    system: bool = False
    compared: bool = False
    media: bool = False
    default: Any = None


# Every node has this, whoever brings its type: whether runs and the film go around it.
NODE_FIELDS: dict[str, dict[str, Any]] = {
    "switch": {
        "enum": ["on", "muted", "bypassed"],
        "default": "on",
        "x-widget": "hidden",
        "x-digest": False,
    },
}

# Every node that gives takes has these, whoever brings its type.
TAKE_FIELDS: dict[str, dict[str, Any]] = {
    "active_take": {
        "anyOf": [{"type": "string"}, {"type": "null"}],
        "default": None,
        "x-widget": "hidden",
        "x-write": "system",
        "x-collab": "compare",
        "x-digest": False,
    },
    "version": {
        "type": "integer",
        "minimum": 1,
        "default": 1,
        "x-widget": "hidden",
        "x-write": "system",
        "x-digest": False,
    },
}


class Fields:
    """All fields of a node type, with what the digests need of them."""

    __slots__ = ("_by_name", "_open", "defaults", "ignored", "media", "names", "required")

    def __init__(self, node_type: NodeType) -> None:
        schema = node_type.params
        properties: dict[str, dict[str, Any]] = schema.get("properties", {})
        taking = TAKE_FIELDS if node_type.kind == "task" else {}
        properties = {**NODE_FIELDS, **taking, **properties}
        self._by_name = {name: _compile(name, part) for name, part in properties.items()}
        extra = schema.get("additionalProperties", False)
        self._open = _compile("*", extra if isinstance(extra, dict) else {}) if extra else None
        self.names = frozenset(properties)
        self.required = tuple(schema.get("required", ()))
        self.ignored = tuple(n for n, part in properties.items() if not _matters(part))
        self.media = tuple(n for n, field in self._by_name.items() if field.media)
        self.defaults = {
            name: plain_numbers(part["default"])
            for name, part in properties.items()
            if "default" in part and _matters(part)
        }

    def get(self, name: str) -> Field | None:
        """The field with this name; a type that allows others has one for every name."""
        return self._by_name.get(name, self._open)

    def accepts_any(self) -> bool:
        """Whether the type takes params that its schema does not name."""
        return self._open is not None


def _compile(name: str, schema: dict[str, Any]) -> Field:
    collab = schema.get("x-collab")
    return Field(
        name=name,
        place="text" if collab == "text" else "data",
        validator=jsonschema_rs.validator_for(schema),
        system=schema.get("x-write") == "system",
        compared=collab == "compare",
        media=schema.get("x-widget") == "media",
        default=schema.get("default"),
    )


def _matters(schema: dict[str, Any]) -> bool:
    return (
        schema.get("x-digest") is not False
        and schema.get("x-write") != "system"
        and schema.get("x-widget") != "hidden"
    )
