"""A prompt as Wan2GP takes it literally: there a prompt is a template, with macros and comments."""

from __future__ import annotations

_BRACES = str.maketrans({"{": "(", "}": ")"})
# What begins a macro, a comment, a slash command or a block of its prompt enhancer.
_BEGINNINGS = "!#/>"


def escape(text: str) -> str:
    """The text in one line that means nothing but itself.

    A line break would part it into several jobs, `{name}` would be a variable, and there is no way
    to write either of them literally.
    """
    line = " ".join(text.split()).translate(_BRACES)
    return line.lstrip(_BEGINNINGS + " ")
