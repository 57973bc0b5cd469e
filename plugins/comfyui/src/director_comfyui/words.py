"""What a server says of a failure, as people may read it: sentences without its folders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from node_registry.server_text import plain

from node_registry import BackendError, OutOfMemory

from .template import Graph, title_of

_MEMORY = re.compile(
    r"out ?of ?memory|can't allocate memory|cannot allocate memory|allocation on device"
    r"|insufficient memory|CUBLAS_STATUS_ALLOC_FAILED",
    re.IGNORECASE,
)


class ExecutionError(msgspec.Struct, frozen=True):
    """What ComfyUI says of a node that failed while it ran."""

    node_id: str | int | None = None
    node_type: str = ""
    exception_message: str = ""
    exception_type: str = ""


def execution_failure(server: str, error: ExecutionError, graph: Graph) -> BackendError:
    """The error of a node that failed: out of memory is one of a kind of its own."""
    text = plain(error.exception_message) or plain(error.exception_type) or "it gave no reason"
    node = graph.get(str(error.node_id))
    name = title_of(node) if node else plain(error.node_type, 80) or "A node"
    sentence = f"{plain(name, 120)} failed on {server}: {text.rstrip('.')}."
    if _MEMORY.search(f"{error.exception_type} {error.exception_message}"):
        return OutOfMemory(sentence)
    return BackendError(
        "comfyui.failed",
        sentence,
        hint="Change what the node gets, or run the workflow in ComfyUI to see more.",
    )


def refusal(server: str, body: bytes, graph: Graph) -> BackendError:
    """The error of a workflow that the server does not accept, from its answer to `/prompt`."""
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        answer = {}
    answer = answer if isinstance(answer, dict) else {}
    found = list(node_errors(answer.get("node_errors"), graph))
    error = answer.get("error")
    if not found and isinstance(error, Mapping):
        details = plain(error.get("details") or "", 200)
        found = [plain(error.get("message") or "", 300) + (f" ({details})" if details else "")]
    elif not found and isinstance(error, str):
        found = [plain(error, 300)]
    text = "; ".join(found[:5]).rstrip(".") or "it gave no reason"
    return BackendError(
        "comfyui.refused",
        f"{server} does not accept the workflow: {text}.",
        hint="Change the pipeline's settings; or run the workflow in ComfyUI, mend and upload it.",
    )


def node_errors(errors: Any, graph: Graph) -> Iterable[str]:
    """Each thing that is wrong with a node, in a few words that name it."""
    if not isinstance(errors, Mapping):
        return
    for node_id, entry in errors.items():
        listed = entry.get("errors") if isinstance(entry, Mapping) else None
        node = graph.get(str(node_id))
        name = plain(title_of(node), 120) if node else f"node {plain(node_id, 40)}"
        for error in listed if isinstance(listed, list) else []:
            if isinstance(error, Mapping):
                message = plain(error.get("message") or "", 200)
                details = plain(error.get("details") or "", 200)
                yield f"{name}: {message}" + (f" ({details})" if details else "")
