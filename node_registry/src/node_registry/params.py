"""Params of nodes as JSON Schema: the subset that is drawn as a form, and how a Struct makes one.

The subset: `type` (object, string, number, integer, boolean, array, null), `properties`,
`required`, `default`, `enum`, `minimum`, `maximum`, `minLength`, `maxLength`, `pattern`, `items`,
`title`, `description`, `anyOf` with null. Hints, which no validator reads:

- `x-widget`: `textarea`, `slider`, `color`, `seed`, `media`, `duration`, `hidden`, ...
- `x-collab: text`: several people type in it at once, letter by letter.
- `x-collab: compare`: refused when somebody else wrote it meanwhile (the active take).
- `x-digest: false`: does not change what the node makes (a note), and makes no take stale.
- `x-write: system`: written by the studio (the active take), not by people.
- `x-unit`: `s`, `frames`, `dB`, `px`.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec

JsonSchema = dict[str, Any]
"""A JSON Schema of the subset above, as the JSON object that it is."""


def schema_of(struct: type[msgspec.Struct]) -> JsonSchema:
    """The params schema of a msgspec Struct, with every reference resolved in place.

        class Blur(msgspec.Struct):
            radius: Annotated[float, hint(widget="slider", unit="px", ge=0, le=50)] = 4.0

        NodeType(id="acme.blur", title="Blur", category="Processing", params=schema_of(Blur))

    Raises `ValueError` for a Struct that refers to itself, which a form cannot show.
    """
    (schema,), components = msgspec.json.schema_components([struct])
    return cast("dict[str, Any]", _resolve(schema, components, ()))


def hint(
    *,
    widget: str | None = None,
    collab: str | None = None,
    digest: bool = True,
    write: str | None = None,
    unit: str | None = None,
    **limits: Any,
) -> msgspec.Meta:
    """A `msgspec.Meta` with the hints above; `limits` are those of `msgspec.Meta` (ge, le, …)."""
    extra: dict[str, Any] = {}
    if widget:
        extra["x-widget"] = widget
    if collab:
        extra["x-collab"] = collab
    if not digest:
        extra["x-digest"] = False
    if write:
        extra["x-write"] = write
    if unit:
        extra["x-unit"] = unit
    return msgspec.Meta(extra_json_schema=extra or None, **limits)


def _resolve(schema: Any, components: dict[str, Any], seen: tuple[str, ...]) -> Any:
    if isinstance(schema, list):
        return [_resolve(part, components, seen) for part in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    schema = cast("dict[str, Any]", schema)
    reference = schema.get("$ref")
    if reference is None:
        return {key: _resolve(value, components, seen) for key, value in schema.items()}
    name = str(reference).rsplit("/", 1)[-1]
    if name in seen:
        raise ValueError(f"The params of {name} refer to themselves: a form cannot show that.")
    rest = {key: value for key, value in schema.items() if key != "$ref"}
    return {**_resolve(components[name], components, (*seen, name)), **rest}
