"""Requests and events made from the documents that describe them: OpenAPI, and the wire's schema.

A value whose name is known (`node_id`) is the thing of that name; all else is the smallest that the
schema allows. A new route is tried without a line of its own, as long as its document is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from litestar import Litestar


class ExampleRequest(msgspec.Struct, frozen=True):
    """One route, and what a request to it carries."""

    method: str
    path: str
    params: dict[str, Any]
    body: Any

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def url(self, things: Mapping[str, Any]) -> str:
        """Its address. A part of a path that nobody knows is for `things` to name."""
        return re.sub(r"\{(\w+)\}", lambda part: str(things[part[1]]), self.path)


def route_names(app: Litestar) -> set[str]:
    """Every route that the application answers, as `METHOD /path/{name}`; its description apart."""
    return {
        f"{method} {plain(route.path)}"
        for route in app.routes
        for method in getattr(route, "methods", ())
        if method != "OPTIONS" and not route.path.startswith("/api/docs")
    }


def plain(path: str) -> str:
    """A path of the framework as the document writes it."""
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", path)


def example_requests(
    document: Mapping[str, Any], things: Mapping[str, Any]
) -> Iterator[ExampleRequest]:
    """A request for each operation of an OpenAPI document, about these things."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            params = {
                given["name"]: example(given["schema"], document, things, given["name"])
                for given in operation.get("parameters", ())
                if given["in"] == "query" and (given.get("required") or given["name"] in things)
            }
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            body = example(schema, document, things) if schema else None
            yield ExampleRequest(method.upper(), path, params, body)


def example(
    schema: Mapping[str, Any],
    document: Mapping[str, Any],
    things: Mapping[str, Any],
    name: str = "",
) -> Any:
    """The smallest value of a schema, or the thing of this name."""
    if name in things:
        return [things[name]] if schema.get("type") == "array" else things[name]
    if "$ref" in schema:
        return example(_resolved(schema["$ref"], document), document, things, name)
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            chosen = next((s for s in schema[several] if s.get("type") != "null"), {"type": "null"})
            return example(chosen, document, things, name)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    if isinstance(kind, list):
        kind = next(one for one in kind if one != "null")
    if kind == "object":
        fields = schema.get("properties", {})
        wanted = [f for f in fields if f in schema.get("required", ()) or f in things]
        return {field: example(fields[field], document, things, field) for field in wanted}
    if kind == "array":
        least = schema.get("minItems", 0)
        return [example(schema["items"], document, things, name) for _ in range(least)]
    if kind in ("integer", "number"):
        return max(schema.get("minimum", 0), schema.get("exclusiveMinimum", -1) + 1)
    return {"boolean": True, "null": None}.get(kind, "x" * max(1, schema.get("minLength", 1)))


def _resolved(reference: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found
