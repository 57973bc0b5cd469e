"""The film's own vocabulary as a registry, for tests whose nodes are shots and scenes."""

from __future__ import annotations

import app.vocabulary as vocabulary
from app.graph import Registry

FILM = Registry(
    vocabulary.register_node_types(),
    vocabulary.register_socket_types(),
    vocabulary.register_converters(),
)
