"""`director watch`: a project as it happens, in the terminal or as lines of JSON."""

from .watch import watch

__all__ = ["watch"]
