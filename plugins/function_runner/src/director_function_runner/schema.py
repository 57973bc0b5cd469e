"""The JSON Schema of a manifest, for editors and other programs.

`director functions schema > docs/function.schema.json` writes the one that is published.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from .manifest import Manifest


def schema_text() -> str:
    """`docs/function.schema.json` as it has to read."""
    schema: dict[str, Any] = msgspec.json.schema(Manifest)
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A function of Movie Director, function/v0",
        **schema,
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
