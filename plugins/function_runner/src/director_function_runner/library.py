"""Which function runs for a node type: looked up in the operator's folder, as it is now."""

from __future__ import annotations

from node_registry import BackendError

from .folder import stamp_of
from .functions import Declared, read_functions
from .settings import Settings


class Library:
    """The functions, read again when their folder has changed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stamp: object = None
        self._declared: dict[str, Declared] = {}

    def find(self, node_type: str, digest: str = "") -> Declared:
        """The function of a node type. Raises `function.missing`, `function.changed`."""
        folder = self._settings.folder()
        stamp = stamp_of(folder)
        if stamp != self._stamp:
            found = read_functions(folder) if folder.is_dir() else []
            self._declared = {one.node_type.id: one for one in found if isinstance(one, Declared)}
            self._stamp = stamp
        declared = self._declared.get(node_type)
        if declared is None:
            raise BackendError(
                "function.missing",
                f"This machine has no function {node_type.removeprefix('function.')}.",
                hint="`director functions list` tells which there are where the worker runs.",
            )
        if digest and declared.digest != digest:
            raise BackendError(
                "function.changed",
                f"The function {declared.node_type.title} was changed after this was asked for.",
                hint="Generate again; where the worker runs elsewhere, bring it there too.",
            )
        return declared
