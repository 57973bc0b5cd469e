"""Steps that a person does: the question, and the answer as an input of the steps after it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from node_registry import NeedsInput, Request

from .form import title
from .input_rules import fits
from .manifest import Function, Step
from .sockets import MEDIA
from .values import Values, bad_input


def question_of(step: Step, function: Function, values: Values) -> NeedsInput | None:
    """What is asked at a step; None once it is answered."""
    names = [name for name in (step.place or late_inputs(function)) if name in function.inputs]
    asked = [name for name in names if values.by_name.get(name) is None]
    if names and not asked:
        return None
    properties: dict[str, Any] = {}
    for name in asked:
        declared = function.inputs[name]
        field: dict[str, Any] = {"title": title(name), "description": declared.description[:500]}
        if declared.type == "enum":
            field |= {"type": "string", "enum": list(declared.choices)}
        elif declared.type == "bool":
            field |= {"type": "boolean"}
        elif declared.type in ("int", "float"):
            field |= {"type": "integer" if declared.type == "int" else "number"}
        else:
            field |= {"type": "string", "maxLength": 20_000}
        properties[name] = field
    answer = {"type": "object", "properties": properties, "required": asked}
    return NeedsInput(f"{title(step.id)}: what comes next is yours to say.", answer)


def late_inputs(function: Function) -> list[str]:
    """The inputs that are asked for during the work."""
    return [n for n, one in function.inputs.items() if one.late and one.type not in MEDIA]


def take_answers(function: Function, request: Request, values: Values, folder: Path) -> Values:
    """The values with all that people have answered so far; `folder` keeps the answers.

    Raises `function.input`.
    """
    kept = folder / "answers.json"
    answers: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
    answer = request.params.get("answer")
    for name, value in answer.items() if isinstance(answer, dict) else ():
        declared = function.inputs.get(name)
        if declared is None or declared.type in MEDIA:
            continue
        if wrong := fits(declared, value):
            raise bad_input(name, wrong[:1].upper() + wrong[1:])
        answers[name] = value
    if answers:
        kept.write_text(json.dumps(answers))
    return Values({**values.by_name, **answers})
