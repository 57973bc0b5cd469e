"""Weights of models: where they lie, what they are, and the secrets that a fetch of them needs."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from .manifest import Weights

RECORD = "weights.json"


def folder_of(weights: Weights, root: Path) -> Path:
    """Where fetched weights lie; those of a `file://` source stay where they are."""
    if weights.source.startswith("file://"):
        return Path(weights.source.removeprefix("file://"))
    wanted = json.dumps([weights.source, weights.include, weights.sha256])
    return root / f"{weights.name}-{hashlib.sha256(wanted.encode()).hexdigest()[:16]}"


def digest_of(weights: Weights, root: Path) -> str | None:
    """What the weights are, if it is known: it enters the recipe."""
    if weights.sha256:
        return weights.sha256
    try:
        return json.loads((folder_of(weights, root) / RECORD).read_text())["digest"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def secret_values(names: list[str], folder: str) -> dict[str, str]:
    """The values of secrets, each in a file of its name in the operator's folder."""
    found: dict[str, str] = {}
    for name in names:
        try:
            found[name] = (Path(folder) / name).read_text().strip() if folder else ""
        except OSError:
            found[name] = ""
    return {name: value for name, value in found.items() if value}
