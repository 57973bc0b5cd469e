"""What people call a node: SHOT_010, Ina, upscale. As the studio does in its sentences."""

from __future__ import annotations

from typing import Any

_CODED = {"film.shot": "SHOT", "film.scene": "SCENE"}


class NodeLabel:
    """Gives a node of the graph the name that people know it by."""

    __slots__ = ()

    type: str
    data: dict[str, Any]

    @property
    def label(self) -> str:
        """What people call it."""
        prefix, code = _CODED.get(self.type), self.data.get("code")
        if prefix is not None and code:
            return f"{prefix}_{code}"
        name = self.data.get("name") or self.data.get("title")
        if isinstance(name, str) and (name := name.strip()):
            return name[:80]
        return self.type.rsplit(".", 1)[-1].replace("_", " ")
