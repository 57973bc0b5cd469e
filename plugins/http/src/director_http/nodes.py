"""The node types: one request, of which a picture, a video or a sound comes."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from node_registry import NodeType, Socket, hint, schema_of, sockets

KINDS: dict[str, tuple[str, str]] = {
    "http.image": ("image", sockets.IMAGE),
    "http.video": ("video", sockets.VIDEO),
    "http.audio": ("audio", sockets.AUDIO),
}
"""The output of each node type, which is also the kind of its media, and the socket's type."""


class HttpParams(msgspec.Struct):
    """What is asked, and where its result stands. `{{prompt}}` and other words stand for values."""

    url: Annotated[
        str, hint(title="URL", max_length=500, description="https://…; {{prompt}} and {{seed}}")
    ] = ""
    method: Literal["GET", "POST", "PUT", "PATCH"] = "POST"
    prompt: Annotated[str, hint(widget="textarea", collab="text", max_length=20_000)] = ""
    body: Annotated[
        str,
        hint(
            widget="textarea",
            max_length=100_000,
            description='JSON, such as {"prompt": "{{prompt}}", "seed": "{{seed}}", '
            '"image": "{{image}}"}',
        ),
    ] = '{"prompt": "{{prompt}}", "seed": "{{seed}}"}'
    secret: Annotated[
        str, hint(max_length=80, description="The name that the operator gave a key, or nothing")
    ] = ""
    result: Annotated[
        str,
        hint(
            max_length=500,
            description="Where the result stands in a JSON answer, such as /images/0/url; "
            "nothing where the answer is the file",
        ),
    ] = ""
    status_url: Annotated[
        str,
        hint(
            title="Status URL",
            max_length=500,
            description="Where the answer says what to ask until the work is done, such as "
            "/urls/get; nothing where it waits",
        ),
    ] = ""
    status: Annotated[str, hint(max_length=500, description="Where that answer says how it is")] = (
        "/status"
    )
    done: Annotated[str, hint(max_length=200, description="Words that say it is done")] = (
        "succeeded, completed, COMPLETED"
    )
    failed: Annotated[str, hint(max_length=200, description="Words that say it failed")] = (
        "failed, canceled, error, FAILED"
    )


def _node_type(id: str, output: str, socket_type: str) -> NodeType:
    name = {"image": "picture", "video": "video", "audio": "sound"}[output]
    return NodeType(
        id=id,
        title=f"HTTP {name}",
        category="Generation",
        description=f"Asks an HTTP service that the operator allows for a {name}.",
        color="#3f6f8f",
        icon="workflow",
        params=schema_of(HttpParams),
        inputs=(
            Socket(id="prompt", type=sockets.TEXT, title="Prompt"),
            Socket(id="image", type=sockets.IMAGE, title="Image"),
            Socket(id="video", type=sockets.VIDEO, title="Video"),
            Socket(id="audio", type=sockets.AUDIO, title="Audio"),
        ),
        outputs=(Socket(id=output, type=socket_type, title=name.capitalize()),),
    )


NODE_TYPES = tuple(_node_type(id, *kind) for id, kind in KINDS.items())
