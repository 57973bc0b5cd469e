"""A whole project at once: copied, exported as one file, and imported from one."""

from .clones import read_clone
from .service import Archives, duplicate, export, import_project, use_archives

__all__ = [
    "Archives",
    "duplicate",
    "export",
    "import_project",
    "read_clone",
    "use_archives",
]
