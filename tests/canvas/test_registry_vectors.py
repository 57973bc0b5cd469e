"""The node types that the canvas' tests of the graph use are those of the studio.

After a change of the vocabulary, `python tests/canvas/test_registry_vectors.py` writes them anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

import app.vocabulary as vocabulary
from node_registry import NodeType

FILE = Path(__file__).parents[1] / "graph" / "vectors" / "registry" / "film.json"


def film() -> dict[str, Any]:
    """What `/api/v1/node-types`, `/socket-types`, `/converters` tell of the vocabulary of film."""
    return {
        "node_types": [_told(node_type) for node_type in vocabulary.register_node_types()],
        "socket_types": _plain(list(vocabulary.register_socket_types())),
        "converters": [
            {"source": one.source, "target": one.target, "lossy": one.lossy}
            for one in vocabulary.register_converters()
        ],
    }


def _told(node_type: NodeType) -> dict[str, Any]:
    names = ("id", "title", "kind", "version", "inputs", "outputs", "params")
    return {name: _plain(getattr(node_type, name)) for name in names}


def _plain(described: Any) -> Any:
    return json.loads(msgspec.json.encode(described))


def test_the_film_registry_of_the_vectors_is_current() -> None:
    assert json.loads(FILE.read_text("utf-8")) == film()


if __name__ == "__main__":
    FILE.write_text(json.dumps(film(), indent=1, ensure_ascii=False) + "\n", "utf-8")
