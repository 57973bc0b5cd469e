"""How a process of the studio says why it ended, and how the one that started it reads that.

An error of ours is two lines on standard error, `code message` and an indented hint.
"""

from __future__ import annotations

import re

from rich.console import Console
from rich.markup import escape

from node_registry import DirectorError

_LINES = re.compile(r"^([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*) (.+)(?:\n {2}(\S.*))?\s*\Z", re.MULTILINE)


def print_error(error: DirectorError) -> None:
    """Say on standard error what went wrong and what to do; no sentence is cut or broken."""
    console = Console(stderr=True)
    code, message = escape(error.code), escape(_one_line(error.message))
    console.print(f"[red]{code}[/red] {message}", highlight=False, soft_wrap=True)
    if error.hint:
        hint = f"  {_one_line(error.hint)}"
        console.print(hint, markup=False, highlight=False, soft_wrap=True)


def error_in_log(text: str) -> DirectorError | None:
    """The error that a log ends with, or None where it ends with something else."""
    found = _LINES.search(text)
    if found is None:
        return None
    code, message, hint = found.groups()
    return DirectorError(code, message, hint=hint or "", status=503)


def _one_line(text: str) -> str:
    return " ".join(text.split())
