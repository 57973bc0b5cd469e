"""Node types: what a node on the canvas is called, takes, gives and lets people set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from .params import JsonSchema
from .sockets import Socket

NodeKind = Literal["task", "value", "control", "container", "order"]

Evaluate = Callable[[Mapping[str, Any], Mapping[str, list[Any]]], Mapping[str, Any]]


class NodeType(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of node that people put on the canvas.

    `id` is `plugin.name` (`film.shot`). `version` is a semantic version of the params: graphs keep
    it beside them. Params grow by fields with defaults: a field that holds its default makes no
    take stale, nor does a key of that name in an object that `evaluate` gives. So a released
    default never changes; that, and a change that older params do not fit, is a new node type.

    `kind` says how it takes part in a run:

    - `task`: a worker runs it through a backend that serves it; the result is a take.
    - `value`: `evaluate(params, inputs)` gives its outputs at once, as JSON, by output socket id.
      It is pure and cheap. Without it every output gives the params themselves.
    - `control`: Conditional and Loop, which the planner understands.
    - `container`: holds other nodes (a scene). - `order`: only orders others (a transition in
      a sequence).

    `params` is a JSON Schema of type object (see `node_registry.params` for the subset and the
    hints); it draws the form on the canvas. `unavailable` says, in a sentence, why nothing on
    this machine can run it. `color` is a CSS hex colour, `width` in pixels.
    """

    id: str
    title: str
    category: str
    kind: NodeKind = "task"
    version: str = "1.0.0"
    description: str = ""
    inputs: tuple[Socket, ...] = ()
    outputs: tuple[Socket, ...] = ()
    params: JsonSchema = msgspec.field(default_factory=lambda: {"type": "object", "properties": {}})
    evaluate: Evaluate | None = None
    unavailable: str | None = None
    color: str = "#5c5c5c"
    icon: str = "box"
    width: int = 280

    def input(self, socket_id: str) -> Socket | None:
        """The input with this id, or None."""
        return next((s for s in self.inputs if s.id == socket_id), None)

    def output(self, socket_id: str) -> Socket | None:
        """The output with this id, or None."""
        return next((s for s in self.outputs if s.id == socket_id), None)
