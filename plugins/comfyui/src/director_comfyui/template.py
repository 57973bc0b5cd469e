"""Templates: a workflow in ComfyUI's API format, with what people may set and what comes out."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from node_registry import DirectorError

FORMAT = "comfyui/v1"
LARGEST = 4 << 20
MOST_NODES = 2_000

Kind = Literal["text", "integer", "number", "boolean", "choice", "image", "video", "audio"]
Source = Literal[
    "",
    "prompt",
    "negative_prompt",
    "seed",
    "width",
    "height",
    "frames",
    "duration",
    "rate",
    "image",
    "video",
    "audio",
    "mask",
    "control",
    "face",
    "style_image",
    "background",
]
"""What the studio puts in by itself; empty for what people set on the pipeline's node."""

MEDIA: frozenset[str] = frozenset({"image", "video", "audio"})
GraphNode = dict[str, Any]
Graph = dict[str, GraphNode]


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """An input of a node of the workflow that is set for each run.

    `name` is unique in the template. `node` is the node's id in the graph and `input` the name of
    its input; `title` is what people read. Without a `source` people set it, from `minimum` to
    `maximum`, or to one of `choices`; `default` is what the workflow itself has.
    """

    name: str
    title: str
    node: str
    input: str
    kind: Kind
    source: Source = ""
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()


class OutputNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node of the workflow whose files are a result of this kind."""

    node: str
    kind: Literal["image", "video", "audio"]


class ModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that the workflow names, and the folder of ComfyUI's models where it belongs.

    `sha256` is its digest where it is known: only then may equal runs share a take.
    """

    name: str
    folder: str = ""
    sha256: str | None = None
    source: str = ""


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow as the studio keeps it: one JSON object, named by the digest of its bytes."""

    title: str
    workflow: Graph
    format: Literal["comfyui/v1"] = FORMAT
    version: str = "1"
    tier: Literal["", "low", "standard", "high"] = ""
    parameters: tuple[Parameter, ...] = ()
    outputs: tuple[OutputNode, ...] = ()
    models: tuple[ModelFile, ...] = ()
    node_types: tuple[str, ...] = ()
    custom_nodes: tuple[str, ...] = ()
    seconds: float = 60.0


def read_template(content: bytes) -> Template:
    """The template that these bytes are. Raises `comfyui.bad_template`."""
    try:
        template = msgspec.json.decode(content, type=Template)
    except (msgspec.DecodeError, RecursionError) as error:
        raise DirectorError(
            "comfyui.bad_template",
            f"This is no template of a ComfyUI workflow: {str(error)[:200]}.",
            hint="Upload the workflow again, as Export (API) of ComfyUI writes it.",
        ) from error
    check_graph(template.workflow)
    for bound in (*template.parameters, *template.outputs):
        if bound.node not in template.workflow:
            raise DirectorError(
                "comfyui.bad_template",
                f"The template binds node {bound.node[:40]!r}, which its workflow does not have.",
                hint="Upload the workflow again, and confirm its parameters.",
            )
    return template


def read_workflow(content: bytes) -> Graph:
    """The graph of a workflow file in API format. Raises `comfyui.…` with what to do instead."""
    if len(content) > LARGEST:
        raise DirectorError(
            "comfyui.workflow_too_large",
            f"The workflow has {len(content) >> 20} MB; the most is {LARGEST >> 20} MB.",
            hint="Take pictures that are embedded in it out of the workflow.",
            status=413,
        )
    try:
        found = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError) as error:
        raise DirectorError(
            "comfyui.not_json",
            f"The file is no JSON: {str(error)[:200]}.",
            hint="Choose the file that Export (API) of ComfyUI writes.",
        ) from error
    if isinstance(found, dict) and isinstance(found.get("nodes"), list):
        raise DirectorError(
            "comfyui.browser_format",
            "This is a workflow as ComfyUI's page keeps it; it cannot be run as it is.",
            hint="Open it in ComfyUI, choose Export (API) in the Workflow menu, and upload that.",
        )
    if isinstance(found, dict) and isinstance(found.get("prompt"), dict):
        found = found["prompt"]
    if not isinstance(found, dict):
        raise DirectorError(
            "comfyui.no_workflow",
            "The file holds no workflow.",
            hint="Choose the file that Export (API) of ComfyUI writes.",
        )
    check_graph(found)
    return found


def check_graph(graph: dict[str, Any]) -> None:
    """See that this is a graph in API format. Raises `comfyui.bad_workflow`."""
    if not graph or len(graph) > MOST_NODES:
        raise _bad(f"It has {len(graph)} nodes; a workflow has 1 to {MOST_NODES}.")
    for node_id, node in graph.items():
        if not isinstance(node, dict) or not isinstance(node.get("class_type"), str):
            raise _bad(f"Node {node_id[:40]!r} has no class_type.")
        inputs = node.get("inputs", {})
        if not isinstance(inputs, dict):
            raise _bad(f"The inputs of node {node_id[:40]!r} are no object.")
        for name, value in inputs.items():
            if is_link(value) and value[0] not in graph:
                raise _bad(f"Input {name[:40]!r} of node {node_id[:40]!r} comes from nowhere.")


def is_link(value: Any) -> bool:
    """Whether an input's value is another node's output: its id and the output's number."""
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str)
        and isinstance(value[1], int)
        and not isinstance(value[1], bool)
    )


def title_of(node: GraphNode) -> str:
    """The title that the author gave a node, or its type."""
    meta = node.get("_meta")
    title = meta.get("title") if isinstance(meta, dict) else None
    return str(title or node["class_type"])[:120]


def _bad(message: str) -> DirectorError:
    return DirectorError(
        "comfyui.bad_workflow",
        message,
        hint="Export the workflow anew from ComfyUI, with Export (API).",
    )
