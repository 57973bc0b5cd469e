"""Cuts that come back from editors' programs: read, compared with the film, brought into it."""

from .comparing import ChangeKind, EditChange
from .conforming import EditPreview, conform
from .reading import MAX_BYTES, read_edit
from .service import EditResult, import_edit, preview_edit

__all__ = [
    "MAX_BYTES",
    "ChangeKind",
    "EditChange",
    "EditPreview",
    "EditResult",
    "conform",
    "import_edit",
    "preview_edit",
    "read_edit",
]
