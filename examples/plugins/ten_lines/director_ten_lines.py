"""A note on the canvas: people write words in it, and other nodes read them."""

from node_registry import NodeType, Socket, hookimpl, sockets

NOTE = {"id": "notes.note", "title": "Note", "category": "Notes", "kind": "value"}
FORM = {"type": "object", "properties": {"words": {"type": "string", "x-widget": "textarea"}}}
TEXT = Socket(id="text", type=sockets.TEXT)


def read_words(params, inputs):
    return {"text": params.get("words", "")}


@hookimpl
def register_node_types():
    return [NodeType(**NOTE, params=FORM, outputs=(TEXT,), evaluate=read_words)]
