"""Puts the built canvas into the wheel; without it there is no wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STATIC = "static"


class CanvasHook(BuildHookInterface):
    """Ships `static/` inside the package, where `app.platform.resources` looks for it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before a wheel or a source distribution is built."""
        if version == "editable":
            return
        if not Path(self.root, STATIC, "index.html").is_file():
            raise SystemExit("static/index.html is missing: `make build` builds the canvas first.")
        if self.target_name == "wheel":
            build_data["force_include"][STATIC] = f"app/shipped/{STATIC}"
