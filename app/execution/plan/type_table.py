"""What the planner looks up once for each node type, so that planning a node is little work."""

from __future__ import annotations

from typing import Any

from app.graph import Fields, Node, Registry, plain_numbers
from node_registry import NodeType, RenderSettings, Socket, sockets

from .digests import equal, without_names

_ABSENT = object()
_PICTURES = {sockets.IMAGE, sockets.MASK, sockets.CONTROL_MAP}


class TypeTable:
    """A node type as the planner needs it."""

    __slots__ = (
        "_fields",
        "_media",
        "_names",
        "defaults",
        "input_types",
        "inputs",
        "main_output",
        "node_type",
        "output_types",
        "outputs",
        "required",
        "settings",
    )

    def __init__(self, node_type: NodeType, registry: Registry, settings: RenderSettings) -> None:
        fields = registry.fields(node_type.id) or Fields(node_type)
        self.node_type = node_type
        self._fields: Fields = fields
        self._media = fields.media
        self._names = fields.names - set(fields.ignored)
        # The params of a node of this type that nobody has touched.
        self.defaults: dict[str, Any] = fields.defaults
        self.inputs: dict[str, Socket] = {
            socket.id: socket for socket in node_type.inputs if registry.carries(socket.type)
        }
        self.input_types = {socket.id: socket.type for socket in self.inputs.values()}
        self.required = [socket for socket in node_type.inputs if socket.required]
        carrying = [socket for socket in node_type.outputs if registry.carries(socket.type)]
        self.outputs: dict[str, Socket] = {socket.id: socket for socket in carrying}
        made = [socket for socket in carrying if registry.is_media(socket.type)] or carrying
        self.main_output = main = made[0].id if made else ""
        # With what follows the digest of the result where it is not the result itself.
        self.output_types = [
            (socket.id, socket.type, "" if socket.id == main else f"#{socket.id}")
            for socket in carrying
        ]
        self.settings = _settings_of(node_type, settings)

    def set_params(self, node: Node) -> dict[str, Any]:
        """The params that a node has of its own and that matter to what it makes, to be read."""
        params = {**node.data, **node.text} if node.text else node.data
        if not params.keys() <= self._names:
            names, ignored, open = self._names, self._fields.ignored, self._fields.accepts_any()
            params = {
                name: value
                for name, value in params.items()
                if name in names or (open and name not in ignored)
            }
        return params

    def params(self, node: Node) -> dict[str, Any]:
        """The params that matter to what a node makes, with defaults put in."""
        return {**self.defaults, **self.set_params(node)}

    def basis_params(self, params: dict[str, Any]) -> dict[str, Any]:
        """Params as they stand in the basis: those that differ from their defaults.

        A later version of the node type that has one more field gives its untouched nodes the
        basis that they had. Media stand in it by their bytes alone.
        """
        defaults = self.defaults
        found: dict[str, Any] = {}
        for name, value in params.items():
            default = defaults.get(name, _ABSENT)
            if value is not default and not (value == default and equal(value, default)):
                found[name] = value
        if self._media and any(found.get(name) for name in self._media):
            return without_names(found)
        return found

    def default_keys(self, value: Any) -> tuple[str, ...]:
        """The keys of what a value node gives that hold the default of the field of that name."""
        defaults = self.defaults
        if not defaults or not isinstance(value, dict):
            return ()
        return tuple(
            key
            for key, part in value.items()
            if key in defaults and (part is defaults[key] or equal(part, defaults[key]))
        )


def _settings_of(node_type: NodeType, settings: RenderSettings) -> dict[str, Any]:
    """The part of the film's format that what this type makes depends on."""
    types = {socket.type for socket in node_type.outputs}
    found: dict[str, Any] = {}
    if node_type.kind != "task":
        return found
    if sockets.VIDEO in types or types & _PICTURES:
        found |= {"width": settings.width, "height": settings.height}
    if sockets.VIDEO in types:
        found["rate"] = settings.rate
    if sockets.AUDIO in types or node_type.id == "film.assembly":
        found["sample_rate"] = settings.sample_rate
    return plain_numbers(found)
