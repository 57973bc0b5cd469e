"""What is wrong with a request: one status for one kind of fault on every route, and in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from litestar.routes import HTTPRoute
from msgspec import inspect

from app.platform.ids import new_key
from tests.gateway.example_requests import ExampleRequest, example_requests
from tests.gateway.things import make_things


@pytest.fixture(scope="module")
async def things(studio) -> dict[str, Any]:
    return await make_things(studio, studio.owner)


def with_body(studio, things) -> Iterator[ExampleRequest]:
    """A right request for each route that takes JSON."""
    for one in example_requests(studio.app.openapi_schema.to_schema(), things):
        if isinstance(one.body, dict):
            yield one


async def refused(studio, things, one: ExampleRequest, **sent: Any) -> dict[str, Any]:
    answer = await studio.owner.request(one.method, one.url(things), params=one.params, **sent)
    assert answer.status_code == 400, (one.name, sent, answer.text)
    assert answer.headers["content-type"].startswith("application/problem+json")
    return answer.json()


@pytest.mark.parametrize(
    "body",
    [b"{", b"nonsense", b"\xff\xfe", b'{"a": NaN}', b'{"title":' + b'{"a":' * 10_000],
    ids=["cut off", "no JSON", "no text", "NaN", "deep"],
)
async def test_a_body_that_is_no_json_is_a_400_on_every_route(studio, things, body) -> None:
    seen = 0
    for one in with_body(studio, things):
        headers = {"Content-Type": "application/json"}
        problem = await refused(studio, things, one, content=body, headers=headers)
        assert problem["code"].startswith("request."), (one.name, problem)
        seen += 1
    assert seen > 20


@pytest.mark.parametrize("body", [None, [], "text", 7], ids=["null", "array", "text", "number"])
async def test_a_body_of_another_type_is_a_400_on_every_route(studio, things, body) -> None:
    for one in with_body(studio, things):
        problem = await refused(studio, things, one, json=body)
        assert problem["code"] in ("request.invalid", "request.bad_json"), (one.name, problem)


async def test_an_unknown_field_is_a_400_on_every_route(studio, things) -> None:
    for one in with_body(studio, things):
        problem = await refused(studio, things, one, json=one.body | {"colour": "red"})
        assert problem["code"] == "request.unknown_field", (one.name, problem)
        assert "`colour`" in problem["title"]


async def test_a_missing_field_is_a_400_on_every_route(studio, things) -> None:
    document = studio.app.openapi_schema.to_schema()
    seen = 0
    for one in with_body(studio, things):
        operation = document["paths"][one.path][one.method.lower()]
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        name = schema["$ref"].rsplit("/", 1)[1]
        for field in document["components"]["schemas"][name].get("required", ()):
            body = {key: value for key, value in one.body.items() if key != field}
            problem = await refused(studio, things, one, json=body)
            assert problem["code"] == "request.missing_field", (one.name, problem)
            assert f"`{field}`" in problem["title"]
            seen += 1
    assert seen > 20


async def test_a_field_of_another_type_is_a_400_on_every_route(studio, things) -> None:
    for one in with_body(studio, things):
        for field, value in one.body.items():
            if one.path.endswith("/answer"):
                continue  # An answer may be anything.
            wrong: Any = {"no": "such"} if not isinstance(value, dict) else 7
            problem = await refused(studio, things, one, json=one.body | {field: wrong})
            assert problem["code"] in ("request.invalid", "request.unknown_field"), one.name
            assert problem["errors"][0]["key"].startswith(field), (one.name, problem)


async def test_an_id_that_names_nothing_is_a_404_wherever_it_stands(studio, things) -> None:
    nowhere = defaultdict(new_key, version=1, role="viewer")
    seen = 0
    for one in example_requests(studio.app.openapi_schema.to_schema(), things):
        parts = one.path.count("{")
        if not parts or one.path.startswith("/pages"):
            continue
        for ids in (nowhere, defaultdict(lambda: "nonsense", version=1)):
            answer = await studio.owner.request(
                one.method, one.url(ids), json=one.body, params=one.params
            )
            assert answer.status_code == 404, (one.name, answer.text)
            seen += 1
    assert seen > 80


def test_no_struct_of_a_request_ignores_a_field(studio) -> None:
    """At every depth: what is misspelt in a nested object is refused, too."""
    lax = set()
    for route in studio.app.routes:
        for handler, _ in route.route_handler_map.values() if isinstance(route, HTTPRoute) else ():
            if handler.parsed_data_field is not None:
                kind = inspect.type_info(handler.parsed_data_field.raw)
                lax |= {s.cls.__name__ for s in structs(kind) if not s.forbid_unknown_fields}
    assert lax == set()


def structs(kind: inspect.Type) -> Iterator[inspect.StructType]:
    if isinstance(kind, inspect.StructType):
        yield kind
        for field in kind.fields:
            yield from structs(field.type)
    for name in ("type", "item_type", "value_type"):
        if isinstance(inner := getattr(kind, name, None), inspect.Type):
            yield from structs(inner)
    for name in ("types", "item_types"):
        for inner in getattr(kind, name, ()):
            yield from structs(inner)


@pytest.mark.parametrize(
    ("body", "title", "hint"),
    [
        ({"name": "x"}, "There is no field `name`.", "The field is `title`."),
        ({"titel": "x"}, "There is no field `titel`.", "The field is `title`."),
        (
            {"title": "x", "settings": {"fps": 24}},
            "There is no field `fps` in `settings`.",
            "The field is `frame_rate`.",
        ),
        (
            {"title": "x", "settings": {"size": 24}},
            "There is no field `size` in `settings`.",
            "There are: `aspect_ratio`, `backends`, `drop_frame`, `frame_rate`, `resolution`, "
            "`when_unavailable`.",
        ),
        (
            {"title": "x", "quality": "best"},
            "`quality` is not right: Invalid enum value 'best'.",
            "There are: `high`, `low`, `standard`.",
        ),
        ({}, "The field `title` is missing.", None),
    ],
)
async def test_the_field_that_was_meant_is_named(studio, body, title, hint) -> None:
    answer = await studio.owner.post("/api/v1/projects", json=body)
    assert (answer.json()["title"], answer.json().get("hint")) == (title, hint)


async def test_an_operation_that_was_meant_is_named(studio) -> None:
    project = await studio.project()
    answer = await studio.change(project, {"op": "node.addd", "id": new_key()})
    assert answer.status_code == 400
    assert answer.json()["hint"] == "The value is `node.add`."


async def test_a_parameter_is_called_as_in_the_address(studio) -> None:
    project = await studio.project()
    answer = await studio.owner.get(f"/api/v1/projects/{project}/graph/diff?from=-1&to=0")
    assert answer.json()["title"] == "`from` is not right: Expected `int` >= 0."
    answer = await studio.owner.get(f"/api/v1/projects/{project}/plan")
    assert answer.json()["code"] == "request.missing_parameter"


async def test_a_form_where_json_is_wanted_is_told_so(studio) -> None:
    answer = await studio.owner.post("/api/v1/projects", data={"title": "x"})
    assert answer.status_code == 400
    assert "Content-Type: application/json" in answer.json()["hint"]
