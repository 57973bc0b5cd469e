"""A whole project at once: copied, exported as one file, and imported from one."""

from .service import Archives, duplicate, export, import_project, use_archives

__all__ = ["Archives", "duplicate", "export", "import_project", "use_archives"]
