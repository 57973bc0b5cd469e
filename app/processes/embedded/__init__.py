"""PostgreSQL and Valkey of a single machine: started, watched over and stopped with the studio."""

from .postgres import EmbeddedPostgres
from .runtime_folder import runtime_folder
from .valkey import EmbeddedValkey

__all__ = ["EmbeddedPostgres", "EmbeddedValkey", "runtime_folder"]
