"""Makes src/director_client/wire/ from docs/protocol.schema.json, which the studio's Structs make.

python client/scripts/wire_types.py [--check]

With --check it only says whether the files are current. It knows the keywords that msgspec writes.
What the studio tells is taken as it comes: bounds and closed sets of words are the studio's to
hold, so a newer studio does not break an older client.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

CLIENT = Path(__file__).resolve().parents[1]
SCHEMA = CLIENT.parent / "docs" / "protocol.schema.json"
TARGET = CLIENT / "src" / "director_client" / "wire"

ORIGIN = (
    "# Made by client/scripts/wire_types.py from docs/protocol.schema.json. Change the studio's\n"
    "# Structs, not this file.\n"
)
HEADER = "from __future__ import annotations\n\nfrom typing import Any\n\nimport msgspec\n\n"
# What a class is based on besides a Struct: names that people call nodes by are written by hand.
MIXINS = {"Node": "NodeLabel"}


class Schema:
    """The parts of the protocol's schema, and what each becomes in Python."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.parts: dict[str, dict[str, Any]] = document["$defs"]

    def payloads(self, side: str) -> dict[str, str]:
        """The name of each event's payload, by the event's name on the wire."""
        mapping = self.parts[side]["discriminator"]["mapping"]
        return {
            event: _name(self.parts[_name(reference)]["properties"]["payload"]["$ref"])
            for event, reference in mapping.items()
        }

    def operations(self) -> dict[str, str]:
        """The name of each operation's Struct, by the operation's tag."""
        mapping = self.parts["Operation"]["discriminator"]["mapping"]
        return {_name(reference): tag for tag, reference in mapping.items()}

    def needed(self, names: Iterable[str]) -> list[str]:
        """These parts and all that they name, each after what it names."""
        found: dict[str, None] = {}

        def visit(name: str) -> None:
            if name not in found:
                for reference in _references(self.parts[name]):
                    visit(reference)
                found[name] = None

        for name in names:
            visit(name)
        return list(found)

    def struct(self, name: str, base: str, *, tag: str = "", lenient: bool = False) -> str:
        """The source of one Struct."""
        part = self.parts[name]
        bases = ", ".join([*([MIXINS[name]] if name in MIXINS else []), base])
        options = "frozen=True, kw_only=True" + (f', tag="{tag}"' if tag else "")
        lines = [f"class {name}({bases}, {options}):"]
        lines.append(textwrap.indent(f'"""{_docstring(part)}"""', "    ") + "\n")
        required = set(part["required"])
        for field, schema in part["properties"].items():
            if tag and field == "op":
                continue
            kind = _type(schema, lenient=lenient)
            if "default" in schema:
                lines.append(f"    {field}: {kind} = {_literal(schema['default'])}")
            elif field in required:
                lines.append(f"    {field}: {kind}")
            else:
                lines.append(f"    {field}: {kind} | msgspec.UnsetType = msgspec.UNSET")
        if not part["properties"]:
            lines.pop()
        return "\n".join(lines) + "\n\n\n"


def graph_module(schema: Schema) -> str:
    """Nodes, edges, and the operations that change them."""
    operations = schema.operations()
    source = HEADER + "from ..labels import NodeLabel\n\n\n"
    for name in schema.needed(["Node", "Edge"]):
        source += schema.struct(name, "msgspec.Struct")
    source += (
        "class _Operation(\n    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, "
        'tag_field="op"\n):\n    pass\n\n\n'
    )
    for name, tag in operations.items():
        source += schema.struct(name, "_Operation", tag=tag)
    return source + f"Operation = {' | '.join(operations)}\n"


def server_module(schema: Schema) -> str:
    """What the studio tells."""
    payloads = schema.payloads("ServerEvent")
    events = set(payloads.values())
    shared = set(schema.needed(["Node", "Edge", "Operation"]))
    source = HEADER + "from .graph import Edge, Node, Operation\n\n\n"
    source += (
        "class Event(msgspec.Struct, frozen=True, kw_only=True):\n"
        '    """Anything that is told: by the studio, or by this library of its own connection."""'
        "\n\n\n"
    )
    for name in schema.needed(payloads.values()):
        if name not in shared:
            base = "Event" if name in events else "msgspec.Struct"
            source += schema.struct(name, base, lenient=True)
    return source + _mapping("SERVER_EVENTS", payloads, "type[Event]")


def client_module(schema: Schema) -> str:
    """What a client asks for."""
    payloads = schema.payloads("ClientEvent")
    server_structs = set(schema.needed(schema.payloads("ServerEvent").values()))
    source = HEADER + "from .graph import Operation\nfrom .server_events import Drag\n\n\n"
    source += (
        "class Command(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):\n"
        '    """What a client asks of the studio; fields with their default are not sent."""\n\n\n'
    )
    for name in schema.needed(payloads.values()):
        if name not in server_structs:
            source += schema.struct(name, "Command")
    turned = {command: event for event, command in payloads.items()}
    pairs = "\n".join(f'    {command}: "{event}",' for command, event in turned.items())
    return source + f"CLIENT_EVENTS: dict[type[Command], str] = {{\n{pairs}\n}}\n"


def modules() -> dict[str, str]:
    """The source of each file, formatted as all of the repository is."""
    schema = Schema(json.loads(SCHEMA.read_text()))
    sources = {
        "__init__.py": '"""The wire\'s own types, made from the protocol\'s schema."""\n',
        "graph.py": '"""Nodes, edges, and the operations that change a graph."""\n\n'
        + graph_module(schema),
        "server_events.py": '"""What a studio tells: one Struct for each event of the wire."""\n\n'
        + server_module(schema),
        "client_events.py": '"""What a client asks for: one Struct for each event of the wire."""'
        "\n\n" + client_module(schema),
    }
    return {name: _formatted(ORIGIN + "\n" + source, name) for name, source in sources.items()}


def _formatted(source: str, name: str) -> str:
    for command in (["check", "--fix", "--exit-zero", "--quiet", "-"], ["format", "--quiet", "-"]):
        source = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(TARGET / name)],
            input=source,
            capture_output=True,
            text=True,
            check=True,
            cwd=CLIENT.parent,
        ).stdout
    return source


def _mapping(name: str, payloads: dict[str, str], kind: str) -> str:
    pairs = "\n".join(f'    "{event}": {payload},' for event, payload in payloads.items())
    return f"{name}: dict[str, {kind}] = {{\n{pairs}\n}}\n"


def _name(reference: str) -> str:
    return reference.rsplit("/", 1)[-1]


def _references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [_name(part["$ref"])] if "$ref" in part else []
        return own + [name for key, value in part.items() if key != "discriminator"
                      for name in _references(value)]  # fmt: skip
    return [name for value in part for name in _references(value)] if isinstance(part, list) else []


def _docstring(part: dict[str, Any]) -> str:
    words = part.get("description", part.get("title", ""))
    units = [
        f"`{field}`: {schema['description']}."
        for field, schema in part["properties"].items()
        if "description" in schema and field not in words
    ]
    if units:
        words += "\n\n" + "\n".join(units)
    closed = [
        f"`{field}` is one of {', '.join(schema['enum'])}."
        for field, schema in part["properties"].items()
        if len(schema.get("enum", [])) > 1
    ]
    if closed:
        words += "\n\n" + "\n".join(closed)
    return words + "\n" if "\n" in words else words


def _type(schema: dict[str, Any], *, lenient: bool) -> str:
    if "$ref" in schema:
        return _name(schema["$ref"])
    if "enum" in schema:
        if lenient:
            return "str"
        return f"Literal[{', '.join(json.dumps(word) for word in schema['enum'])}]"
    if "anyOf" in schema:
        kinds = [_type(part, lenient=lenient) for part in schema["anyOf"]]
        return " | ".join(sorted(kinds, key=lambda kind: kind == "None"))
    match schema.get("type"):
        case "string":
            return "str"
        case "integer":
            return "int"
        case "number":
            return "float"
        case "boolean":
            return "bool"
        case "null":
            return "None"
        case "array" if "prefixItems" in schema:
            inner = [_type(part, lenient=lenient) for part in schema["prefixItems"]]
            return f"tuple[{', '.join(inner)}]"
        case "array":
            return f"tuple[{_type(schema.get('items', {}), lenient=lenient)}, ...]"
        case "object":
            values = schema.get("additionalProperties")
            kind = _type(values, lenient=lenient) if isinstance(values, dict) else "Any"
            # JSON has only texts as keys; a msgspec decoder reads numbers from them.
            return f"dict[{'int' if kind == 'int' else 'str'}, {kind}]"
        case None:
            return "Any"
        case other:
            raise SystemExit(f"{SCHEMA.name} has a type that this script does not know: {other}")


def _literal(value: Any) -> str:
    if isinstance(value, list):
        inner = ", ".join(_literal(part) for part in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value)


def main() -> int:
    """Write the files, or, with --check, exit with 1 when one is not current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    stale = [
        name
        for name, source in modules().items()
        if not (TARGET / name).exists() or (TARGET / name).read_text() != source
    ]
    if options.check:
        for name in stale:
            print(f"{TARGET.relative_to(CLIENT.parent) / name} is not current.")
        return 1 if stale else 0
    TARGET.mkdir(exist_ok=True)
    for name, source in modules().items():
        (TARGET / name).write_text(source)
    return 0


if __name__ == "__main__":
    sys.exit(main())
