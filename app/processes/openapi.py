"""Writes `docs/openapi.json`, from which the canvas makes the types of its API client.

`python -m app.processes.openapi` does so; nothing is connected for it.
"""

from __future__ import annotations

import json
from pathlib import Path

from app.settings import Settings

from .api import build_api

FILE = Path(__file__).parents[2] / "docs" / "openapi.json"


def openapi_text() -> str:
    """`docs/openapi.json` as it has to read."""
    schema = build_api(Settings()).openapi_schema.to_schema()
    # The order of routes depends on how they are grouped in files; a reader looks by name.
    schema["paths"] = dict(sorted(schema["paths"].items()))
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(openapi_text(), encoding="utf-8")
