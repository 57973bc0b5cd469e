"""The wire as one JSON Schema, from which clients in other languages make their types."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec

from app.graph import Edge, Node, Operation

from .events import PAYLOADS, Inbound
from .outbound import SyncedGraph

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


def protocol_schema() -> Schema:
    """The schema of every event: an event is valid against `#`, and each part has a name in $defs.

    `ClientEvent` and `ServerEvent` are the two directions; `<Payload>Event` is an envelope with
    its payload, `Operation` any of the changes that a transaction consists of.
    """
    payloads = list(PAYLOADS.values())
    refs, parts = msgspec.json.schema_components(
        (*payloads, Operation, Node, Edge), ref_template="#/$defs/{name}"
    )
    operation = refs[len(payloads)]
    parts = {name: _tidied(part, operation) for name, part in parts.items()}
    # They are sent as they were stored, byte by byte, so their Struct does not tell their form.
    graph = parts[SyncedGraph.__name__]["properties"]
    graph["nodes"]["items"] = _ref("Node")
    graph["edges"]["items"] = _ref("Edge")
    return {
        "$schema": DIALECT,
        "$id": "urn:director:protocol",
        "title": "The events of a studio's WebSocket",
        "oneOf": [_ref("ClientEvent"), _ref("ServerEvent")],
        "$defs": {
            "ClientEvent": _either(name for name in PAYLOADS if _is_inbound(name)),
            "ServerEvent": _either(name for name in PAYLOADS if not _is_inbound(name)),
            **{_event_part(name): _envelope(name) for name in PAYLOADS},
            "Operation": {"description": "One change of a graph.", **operation},
            **parts,
        },
    }


def _is_inbound(name: str) -> bool:
    return issubclass(PAYLOADS[name], Inbound)


def _event_part(name: str) -> str:
    return f"{PAYLOADS[name].__name__}Event"


def _ref(part: str) -> Schema:
    return {"$ref": f"#/$defs/{part}"}


def _either(names: Any) -> Schema:
    refs = {name: _ref(_event_part(name)) for name in names}
    return {
        "oneOf": list(refs.values()),
        "discriminator": {
            "propertyName": "event",
            "mapping": {name: ref["$ref"] for name, ref in refs.items()},
        },
    }


def _envelope(name: str) -> Schema:
    return {
        "title": _event_part(name),
        "type": "object",
        "properties": {"event": {"const": name}, "payload": _ref(PAYLOADS[name].__name__)},
        "required": ["event", "payload"],
        "additionalProperties": False,
    }


def _tidied(part: Any, operation: Schema) -> Any:
    """The same with whole paragraphs as descriptions, and the operations under their one name."""
    if part == operation:
        return _ref("Operation")
    if isinstance(part, list):
        return [_tidied(inner, operation) for inner in part]
    if not isinstance(part, dict):
        return part
    tidied = {key: _tidied(inner, operation) for key, inner in part.items()}
    if isinstance(description := tidied.get("description"), str):
        tidied["description"] = inspect.cleandoc(description)
    return tidied
