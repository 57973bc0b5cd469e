"""What the client keeps of the wire in forms of its own is what the studio says."""

from __future__ import annotations

import inspect
from typing import Any

import director_client.events as told
import director_client.graph as copied
import director_client.operations as sent
import msgspec
import pytest
from director_client import new_id, texts
from director_client.studio import is_here
from hypothesis import given
from hypothesis import strategies as st

from app.gateway.protocol import PAYLOADS, Inbound
from app.gateway.protocol.schema import protocol_schema
from app.graph import text as server_text

SCHEMA = protocol_schema()["$defs"]
OURS: dict[str, type[msgspec.Struct]] = {
    name: kind
    for module in (told, copied, sent)
    for name, kind in vars(module).items()
    if inspect.isclass(kind) and issubclass(kind, msgspec.Struct) and name in SCHEMA
}


def fields_of(kind: type[msgspec.Struct]) -> dict[str, Any]:
    _, parts = msgspec.json.schema_components((kind,), ref_template="#/$defs/{name}")
    return parts[kind.__name__]


def plain(schema: Any) -> Any:
    """A schema without what only the studio checks: bounds, and closed sets of words."""
    if isinstance(schema, list):
        return [plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "discriminator" in schema:
        return {"$ref": "#/$defs/Operation"}
    if "enum" in schema:
        return {"type": "string"}
    left_out = {"minimum", "maximum", "minLength", "maxLength", "description"}
    bounded = {"minItems", "maxItems"} & schema.keys() and "prefixItems" not in schema
    return {
        key: plain(part)
        for key, part in schema.items()
        if key not in left_out and not (bounded and key.endswith("Items"))
    }


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_form_has_the_studios_fields(name: str) -> None:
    mine, theirs = fields_of(OURS[name]), SCHEMA[name]
    assert set(mine["required"]) <= set(theirs["required"])
    for field, schema in theirs["properties"].items():
        if (name, field) in {("Welcome", "accepted"), ("Node", "type_version")}:
            continue
        assert plain(mine["properties"].get(field)) == plain(schema), field
    assert set(mine["properties"]) == set(theirs["properties"])


def test_every_event_of_the_studio_is_known() -> None:
    outbound = {name: kind for name, kind in PAYLOADS.items() if not issubclass(kind, Inbound)}
    assert {name: kind.__name__ for name, kind in told.EVENTS.items()} == {
        name: kind.__name__ for name, kind in outbound.items()
    }
    assert {"AddNode", "EditText", "Node", "Edge", "Stored", "Person"} <= OURS.keys()


letters = st.text(alphabet="ab é😀\n", max_size=12)


@given(letters, letters)
def test_the_difference_of_two_texts_leads_from_one_to_the_other(before: str, after: str) -> None:
    delta = texts.difference(before, after)
    assert texts.edit(before, delta) == after
    assert delta == server_text.replacement(before, after)


@given(letters, st.lists(st.one_of(st.integers(-4, 4), letters), max_size=5))
def test_an_edit_does_what_the_studios_does(text: str, delta: list[int | str]) -> None:
    change = server_text.normalise(delta)
    try:
        expected = server_text.apply_delta(text, change)
    except server_text.BadDelta:
        with pytest.raises(texts.DoesNotFit):
            texts.edit(text, change)
    else:
        assert texts.edit(text, change) == expected


def test_new_ids_are_ids_of_the_studio_and_sort_by_their_making() -> None:
    from app.graph.records import is_id

    ids = [new_id() for _ in range(200)]
    assert all(is_id(one) for one in ids)
    assert len(set(ids)) == 200
    assert [one[:13] for one in ids] == sorted(one[:13] for one in ids)


def test_only_this_machine_is_here() -> None:
    assert is_here("http://127.0.0.1:8700")
    assert not is_here("http://127.0.0.1.example.org")
