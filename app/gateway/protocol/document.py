"""Writes the wire's schema and the made parts of its page.

`python -m app.gateway.protocol.document` does so. What people wrote in `docs/protocol.md` stays;
what stands between `<!-- made: … -->` and `<!-- made -->` is made from the Structs, and from the
limits in the code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from app import accounts
from app.gateway import commands, connections, outbox, rate_limit, session, transport

from .events import PAYLOADS, Inbound
from .schema import Schema, protocol_schema

FOLDER = Path(__file__).parents[3] / "docs"
MADE = re.compile(r"(<!-- made: ([\w ]+) -->\n).*?(<!-- made -->\n)", re.DOTALL)
QUOTED = re.compile(r"(<!-- (examples/\S+) -->\n```\w+\n).*?(^```\n)", re.DOTALL | re.MULTILINE)
OPERATION = "Operation"


def schema_text() -> str:
    """`docs/protocol.schema.json` as it has to read."""
    return json.dumps(protocol_schema(), indent=2, ensure_ascii=False) + "\n"


def page_text(page: str) -> str:
    """A page with all that is made in it made anew."""
    parts: dict[str, Schema] = protocol_schema()["$defs"]
    makers: dict[str, Callable[[], str]] = {
        "client events": lambda: _events(parts, inbound=True),
        "server events": lambda: _events(parts, inbound=False),
        "operations": lambda: _operations(parts),
        "parts": lambda: _parts(parts),
        "limits": _limits,
    }
    page = MADE.sub(lambda found: found[1] + "\n" + makers[found[2]]() + "\n" + found[3], page)
    return QUOTED.sub(lambda found: found[1] + _example(found[2]) + found[3], page)


def _example(name: str) -> str:
    return (FOLDER.parent / name).read_text(encoding="utf-8")


def _events(parts: dict[str, Schema], *, inbound: bool) -> str:
    return "\n".join(
        _section(f"`{name}`", parts[kind.__name__])
        for name, kind in PAYLOADS.items()
        if issubclass(kind, Inbound) is inbound
    )


def _operations(parts: dict[str, Schema]) -> str:
    mapping: dict[str, str] = parts[OPERATION]["discriminator"]["mapping"]
    return "\n".join(_section(f"`{tag}`", parts[_name(ref)]) for tag, ref in mapping.items())


def _parts(parts: dict[str, Schema]) -> str:
    """What payloads consist of, apart from operations: all that has no section of its own yet."""
    shown = {kind.__name__ for kind in PAYLOADS.values()}
    shown |= {_name(ref) for ref in parts[OPERATION]["discriminator"]["mapping"].values()}
    left = [name for name, part in parts.items() if "properties" in part and name not in shown]
    left = [name for name in left if "event" not in parts[name]["properties"]]
    return "\n".join(_section(name, parts[name]) for name in sorted(left))


def _section(title: str, part: Schema) -> str:
    text = f"### {title}\n\n{' '.join(part.get('description', '').split())}\n"
    rows = [
        f"| `{field}` | {_words(schema)} | {_otherwise(field, schema, part)} |"
        for field, schema in part["properties"].items()
        if field != "op"
    ]
    if not rows:
        return f"{text}\nNo fields.\n"
    return "\n".join([text, "| field | value | if absent |", "|---|---|---|", *rows, ""])


def _otherwise(field: str, schema: Schema, part: Schema) -> str:
    if field in part["required"]:
        return "never absent"
    if "default" not in schema:
        return "stays as it was"
    return f"`{json.dumps(schema['default'], ensure_ascii=False)}`"


def _words(schema: Schema) -> str:
    """A schema in words for people."""
    unit = f" ({schema['description']})" if "description" in schema else ""
    return _bare(schema) + unit


def _bare(schema: Schema) -> str:
    if "$ref" in schema:
        name = _name(schema["$ref"])
        return f"[{name}](#{'operations' if name == OPERATION else _anchor(name)})"
    if "enum" in schema:
        return " or ".join(f"`{json.dumps(one)}`" for one in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_words(one) for one in schema["anyOf"])
    match schema.get("type"):
        case "string":
            return "text" + _up_to(schema.get("maxLength"), "characters")
        case "integer":
            low = schema.get("minimum")
            return "whole number" + ("" if low is None else f" from {low}")
        case "number":
            return "number"
        case "boolean":
            return "true or false"
        case "null":
            return "null"
        case "array" if "prefixItems" in schema:
            return f"[{', '.join(_words(one) for one in schema['prefixItems'])}]"
        case "array":
            return f"list of {_words(schema['items'])}" + _up_to(schema.get("maxItems"), "of them")
        case "object":
            inner = schema.get("additionalProperties")
            return f"object of {_words(inner)}" if isinstance(inner, dict) and inner else "object"
        case _:
            return "anything"


def _up_to(most: int | None, what: str) -> str:
    return "" if most is None else f", up to {most} {what}"


def _name(ref: str) -> str:
    return ref.rpartition("/")[2]


def _anchor(name: str) -> str:
    """Where a part is described: an event's payload under the event's name."""
    event = next((event for event, kind in PAYLOADS.items() if kind.__name__ == name), name)
    return event.replace(":", "").lower()


def _limits() -> str:
    kib = 1024
    rows = (
        ("Largest frame from a client", "1 MiB; a larger one closes the connection (1009)"),
        ("Operations in one transaction", f"{commands.MAX_OPERATIONS:,}"),
        ("Transactions in flight", "8 by custom; more only wait in the studio"),
        (
            "Frames from one client",
            f"{rate_limit.FRAMES_PER_SECOND:.0f} a second, {rate_limit.BURST:,.0f} at once; "
            "what comes faster is read later. "
            f"Each {rate_limit.BYTES_PER_FRAME // kib} KiB count as one more",
        ),
        (
            "Time of the studio that one person takes",
            f"{rate_limit.MAX_SHARE:.0%} for long, {rate_limit.BURST_SECONDS:.0f} s at once, "
            "all connections together; what is more is done later, and others have their turn "
            f"after each {rate_limit.TURN_SECONDS * 1000:.0f} ms",
        ),
        ("Commands under way for one client", f"{commands.MAX_BACKGROUND_TASKS}"),
        (
            "Frames that are no events",
            f"{session.MAX_BAD_FRAMES}, then close 4400; events that nobody knows do not count",
        ),
        (
            "Pings and pieces of messages",
            f"{transport.PER_SECOND:.0f} a second, {transport.BURST:,.0f} at once, "
            f"then close {transport.TOO_MANY}",
        ),
        (
            "Work in one event",
            "a few seconds of a processor, counted and not timed; of texts, 25 edits of 1 MB; "
            "what is more is refused as `too_large`",
        ),
        ("Connections of one person to one project", f"{connections.MAX_CONNECTIONS_PER_PERSON}"),
        ("Heartbeat", f"{session.HEARTBEAT:.0f} s, told in the welcome"),
        ("Compressed, if asked for", f"frames from {outbox.COMPRESS_FROM_BYTES // kib} KiB"),
        (
            "Waiting for a slow reader",
            f"from {outbox.MAX_WITH_PRESENCE // kib} KiB on without others' movements; above "
            f"{outbox.MAX_WAITING // kib} KiB all is dropped and said anew as one "
            f"`server:catch_up`; after {session.MAX_STALL:.0f} s without reading, close 4408",
        ),
        ("A ticket", f"good once, within {accounts.TICKET_LIFETIME} s, for one project"),
    )
    return "\n".join(["| | |", "|---|---|", *(f"| {what} | {most} |" for what, most in rows), ""])


def write() -> None:
    """Write both files."""
    (FOLDER / "protocol.schema.json").write_text(schema_text(), encoding="utf-8")
    page = FOLDER / "protocol.md"
    page.write_text(page_text(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write()
