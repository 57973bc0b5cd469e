"""Whether a server has what a workflow needs: its types of nodes, and the files of its models."""

from __future__ import annotations

from typing import Any

from node_registry.server_text import plain

from node_registry import BackendError

from .inference import MODEL_ENDING, folder_of
from .server import Server
from .template import Graph, Template


class Inventory:
    """What one server has, as far as it was asked; asked again before anything is said to miss."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._known: dict[str, dict[str, Any] | None] = {}

    async def check(self, template: Template, graph: Graph) -> None:
        """See that a graph can run there. Raises `comfyui.missing_nodes`, `comfyui.missing_models`.

        Both are named before anything runs, with where they belong.
        """
        types = sorted({node["class_type"] for node in graph.values()})
        missing = [name for name in types if not await self._has_type(name)]
        if missing:
            packs = ", ".join(template.custom_nodes)
            raise BackendError(
                "comfyui.missing_nodes",
                f"{self._server.title} lacks the nodes {_list(missing)}.",
                hint=f"Install {packs or 'the custom nodes that bring them'} in ComfyUI, and start "
                "it again.",
            )
        absent = await self._absent_models(graph)
        if absent:
            self._known.clear()
            absent = await self._absent_models(graph)
        if absent:
            raise BackendError(
                "comfyui.missing_models",
                f"{self._server.title} lacks the models {_list(absent)}.",
                hint="Put them into the folders of ComfyUI that are named, and try again.",
            )

    async def _has_type(self, class_type: str) -> bool:
        if self._known.get(class_type) is None:
            self._known[class_type] = await self._server.node_type(class_type)
        return self._known[class_type] is not None

    async def _absent_models(self, graph: Graph) -> list[str]:
        absent: dict[str, None] = {}
        for node in graph.values():
            class_type = node["class_type"]
            if not await self._has_type(class_type):
                continue
            for name, value in node.get("inputs", {}).items():
                if not isinstance(value, str) or not MODEL_ENDING.search(value):
                    continue
                choices = _choices(self._known[class_type] or {}, name)
                if choices is not None and value not in choices:
                    folder = folder_of(class_type, name)
                    absent[f"{value} (models/{folder})" if folder else value] = None
        return list(absent)


def _choices(known: dict[str, Any], name: str) -> list[Any] | None:
    """What may stand in an input, where the server lists it, in its old and its new form."""
    for group in ("required", "optional"):
        entry = (known.get("input") or {}).get(group, {}).get(name)
        if not isinstance(entry, list) or not entry:
            continue
        if isinstance(entry[0], list):
            return entry[0]
        if entry[0] == "COMBO" and len(entry) > 1 and isinstance(entry[1], dict):
            options = entry[1].get("options")
            return options if isinstance(options, list) else None
    return None


def _list(names: list[str]) -> str:
    shown = ", ".join(plain(name, 120) if "(" not in name else name[:200] for name in names[:8])
    return shown + (f" and {len(names) - 8} more" if len(names) > 8 else "")
