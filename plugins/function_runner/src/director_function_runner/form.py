"""A function's inputs as the form and the sockets of its node."""

from __future__ import annotations

from typing import Any

from node_registry import Socket, sockets

from .manifest import Function, Input
from .sockets import MEDIA, RESULTS

# Fields that the studio itself keeps on a node: an input of that name is called `model_<name>`.
RESERVED = {"active_take", "answer", "quality", "script", "seed_locked", "version"}
_SEED_KINDS = ("int", "string")
_LARGEST_SEED = 2**63 - 1


def field_name(name: str) -> str:
    """The field of the node that holds an input."""
    return f"model_{name}" if name in RESERVED else name


def is_seed(name: str, declared: Input) -> bool:
    """Whether an input is the seed, which the studio draws, keeps and shows by itself."""
    return name == "seed" and declared.type in _SEED_KINDS and not declared.hidden


def params_of(function: Function) -> dict[str, Any]:
    """The JSON Schema of the node's form. Hidden and late inputs are not in it."""
    properties: dict[str, Any] = {}
    for name, declared in function.inputs.items():
        if declared.hidden or declared.late or declared.type in MEDIA:
            continue
        if is_seed(name, declared):
            properties |= _seed(declared)
        else:
            properties[field_name(name)] = _field(name, declared)
    required = [
        field_name(name)
        for name, declared in function.inputs.items()
        # A text may come by an edge instead, which a schema cannot say.
        if declared.required and field_name(name) in properties and declared.type != "string"
    ]
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    return {**schema, "required": required} if required else schema


def inputs_of(function: Function) -> tuple[Socket, ...]:
    """A socket for each input that is bytes, and for each free text, which may be typed too."""
    return tuple(
        Socket(
            id=name,
            type=MEDIA.get(declared.type, sockets.TEXT),
            title=title(name),
            many=declared.many,
            required=declared.type in MEDIA
            and (declared.required or (declared.min_items or 0) > 0),
            description=_description(declared),
        )
        for name, declared in function.inputs.items()
        if not declared.hidden and not declared.late
        if declared.type in MEDIA or _is_free_text(name, declared)
    )


def outputs_of(function: Function) -> tuple[Socket, ...]:
    """A socket for each output; several of a kind are a list."""
    return tuple(
        Socket(
            id=name,
            type=sockets.ARRAY if output.many else RESULTS[output.type],
            title=title(name),
        )
        for name, output in function.outputs.items()
    )


def title(name: str) -> str:
    """A name as people read it: `num_steps` becomes “Num steps”."""
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def _is_free_text(name: str, declared: Input) -> bool:
    return declared.type == "string" and not declared.pattern and not is_seed(name, declared)


def _seed(declared: Input) -> dict[str, Any]:
    largest = _LARGEST_SEED if declared.max is None else max(0, int(declared.max))
    number = {"type": "integer", "minimum": 0, "maximum": largest}
    return {
        "seed": {
            "anyOf": [number, {"type": "null"}],
            "default": None,
            "title": "Seed",
            "description": "Empty: one that stays the same.",
            "x-widget": "seed",
            "x-digest": False,
        },
        "seed_locked": {"type": "boolean", "default": False, "x-digest": False},
    }


def _field(name: str, declared: Input) -> dict[str, Any]:
    field: dict[str, Any] = {**_kind(name, declared), "title": title(name)}
    if declared.default is not None:
        field["default"] = declared.default
    if description := _description(declared):
        field["description"] = description
    return field


def _kind(name: str, declared: Input) -> dict[str, Any]:
    if declared.type == "bool":
        return {"type": "boolean", "default": False}
    if declared.type == "enum":
        return {"type": "string", "enum": list(declared.choices)}
    if declared.type in ("int", "float"):
        return _number(declared)
    if not _is_free_text(name, declared):
        pattern = {"pattern": declared.pattern} if declared.pattern else {}
        return {"type": "string", "maxLength": 1000, **pattern}
    # People type prompts together, letter by letter.
    return {
        "type": "string", "maxLength": 20_000, "default": "",
        "x-widget": "textarea", "x-collab": "text",
    }  # fmt: skip


def _number(declared: Input) -> dict[str, Any]:
    whole = declared.type == "int"
    field: dict[str, Any] = {"type": "integer" if whole else "number"}
    for limit, value in (("minimum", declared.min), ("maximum", declared.max)):
        if value is not None:
            field[limit] = int(value) if whole else value
    if declared.min is not None and declared.max is not None:
        field["x-widget"] = "slider"
    return field


def _description(declared: Input) -> str:
    sentences = [declared.description.strip()[:500]]
    if declared.many and (declared.min_items or declared.max_items):
        low, high = declared.min_items or 0, declared.max_items
        sentences.append(f"{low} to {high} of them." if high else f"At least {low} of them.")
    if declared.step is not None:
        sentences.append(f"In steps of {declared.step:g}.")
    if declared.rule:
        sentences.append(f"Of the form {declared.rule}.")
    if declared.type == "choice_from_files":
        sentences.append("The name of one of the files that come with the weights.")
    if declared.type == "string" and declared.required:
        sentences.append("Needed: type it, or connect a text.")
    if declared.scope == "service":
        sentences.append("A change starts the model's server again.")
    return " ".join(
        part if part.endswith((".", "!", "?")) else f"{part}." for part in sentences if part
    )
