"""docs/protocol.md and its schema say what the Structs say, and what the studio really sends."""

from __future__ import annotations

import ast
import json
import re
import zlib
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from websockets.asyncio.client import connect

from app.gateway.protocol import PAYLOADS, BadFrame, Inbound, decode
from app.gateway.protocol.document import FOLDER, page_text, schema_text
from app.gateway.protocol.schema import protocol_schema
from app.platform.ids import new_key
from tests.studio import Studio

PAGE = (FOLDER / "protocol.md").read_text(encoding="utf-8")
REMAKE = "write it anew: python -m app.gateway.protocol.document"


def validator(part: str) -> jsonschema_rs.Validator:
    schema = protocol_schema()
    return jsonschema_rs.validator_for({**schema, "oneOf": [{"$ref": f"#/$defs/{part}"}]})


def test_the_page_is_made_from_the_structs() -> None:
    assert page_text(PAGE) == PAGE, REMAKE


def test_the_schema_is_made_from_the_structs() -> None:
    assert schema_text() == (FOLDER / "protocol.schema.json").read_text(encoding="utf-8"), REMAKE


def test_making_the_page_keeps_what_people_wrote_and_mends_the_rest() -> None:
    spoilt = PAGE.replace("| `next_seq` | whole number from 1 | `1` |\n", "")
    assert spoilt != PAGE
    assert page_text(spoilt) == PAGE
    assert "Mine. " in page_text("Mine. " + PAGE)


def test_the_schema_is_one() -> None:
    jsonschema_rs.meta.validate(protocol_schema())


def test_every_event_and_field_is_described() -> None:
    for name, kind in PAYLOADS.items():
        section = re.search(rf"^### `{name}`\n\n(.*?)(?=^##|<!-- made -->)", PAGE, re.M | re.S)
        assert section, name
        for field in msgspec.structs.fields(kind):
            assert f"| `{field.encode_name}` |" in section[1], f"{name}.{field.name}"


def test_the_page_speaks_of_no_event_that_is_not_there() -> None:
    named = set(re.findall(r"\b(?:client|server):[a-z_]+", PAGE))
    assert named == PAYLOADS.keys()


def test_the_page_names_every_reason_to_refuse() -> None:
    found = re.search(r"^Reasons of `server:rejected`:(.*)$", PAGE, re.M)
    assert found
    named = set(re.findall(r"`([a-z_]+)`", found[1]))
    given = {"nothing_to_undo", "nothing_to_redo"}
    domains = (FOLDER.parent / "app" / name for name in ("graph", "collaboration"))
    for path in (path for domain in domains for path in domain.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") in ("Refused", "BadValue", "Rejection")
                and isinstance(node.args[0], ast.Constant)
            ):
                given.add(str(node.args[0].value))
    assert named == given


def test_every_link_inside_the_page_leads_to_a_heading() -> None:
    headings = {
        re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-")
        for line in re.findall(r"^#+ (.*)$", PAGE, re.M)
    }
    for anchor in re.findall(r"\]\(#([^)]+)\)", PAGE):
        assert anchor in headings, anchor


@pytest.mark.parametrize(
    ("payload", "good"),
    [
        ({"seq": 1, "ops": [{"op": "node.remove", "ids": ["a"]}]}, True),
        ({"seq": 0, "ops": []}, False),
        ({"seq": 1, "ops": [{"op": "node.explode", "ids": ["a"]}]}, False),
        ({"seq": 1, "ops": [], "colour": "red"}, False),
        ({"seq": 1, "ops": [{"op": "node.remove", "ids": "a"}]}, False),
        ({"seq": 1, "ops": [], "label": "x" * 201}, False),
    ],
)
def test_schema_and_decoder_agree(payload: dict[str, Any], good: bool) -> None:
    event = {"event": "client:ops", "payload": payload}
    assert validator("ClientEvent").is_valid(event) is good
    if good:
        assert isinstance(decode(json.dumps(event)), Inbound)
    else:
        with pytest.raises(BadFrame):
            decode(json.dumps(event))


async def test_what_the_studio_sends_is_what_the_schema_says(studio: Studio) -> None:
    project, token = await studio.project(), await studio.token()
    await studio.let_in(project, token)
    for number in range(30):
        await studio.shot(project, code=str(number))
    shot = new_key()
    commands: list[tuple[str, dict[str, Any]]] = [
        ("client:hello", {}),
        ("client:ops", {"seq": 1, "ops": [{"op": "node.add", "id": shot, "type": "film.shot"}]}),
        ("client:ops", {"seq": 1, "ops": []}),
        ("client:ops", {"seq": 2, "ops": [{"op": "node.add", "id": shot, "type": "film.shot"}]}),
        ("client:ops", {"seq": 9, "ops": []}),
        ("client:update_node_data", {"node_id": shot, "data": {"prompt": "fog"}}),
        ("client:presence", {"cursor": [1, 2], "selection": [shot]}),
        ("client:sync_request", {"since": 1, "epoch": 1}),
        ("client:novelty", {}),
        ("client:ping", {"t": 5}),
    ]
    answers = {
        "server:welcome", "server:full_sync", "server:ops", "server:ack", "server:rejected",
        "server:gap", "server:error", "server:pong",
    }  # fmt: skip
    found = validator("ServerEvent")
    said = validator("ClientEvent")
    seen: set[str] = set()
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        studio.served() as place,
        connect(
            f"ws://{place}/ws/{project}?compression=deflate",
            additional_headers=headers,
            compression=None,
        ) as socket,
    ):
        for event, payload in commands:
            known = {"event": event, "payload": payload}
            assert said.is_valid(known) is (event != "client:novelty")
            await socket.send(json.dumps(known))
        compressed = False
        while not answers <= seen:
            frame = await socket.recv()
            if isinstance(frame, bytes):
                compressed = True
                frame = zlib.decompress(frame)
            event = json.loads(frame)
            assert found.is_valid(event), [e.message for e in found.iter_errors(event)]
            seen.add(event["event"])
        assert compressed
