"""What another program says, as people may read it: one line, without its machine's folders."""

from __future__ import annotations

import re

# Of a path the file's own name is left: which folders a server has is nobody's business.
_SEGMENT = r"[/\\][\w.@+-]+(?: [\w.@+-]+)*"
_PATH = re.compile(rf"(?<!\w)(?:[A-Za-z]:|<\w+>|~)?(?:{_SEGMENT})+[/\\](?=[\w.])")
LONGEST = 600


def plain(text: object, longest: int = LONGEST) -> str:
    """A server's text in one line, without control characters and without its folders."""
    line = " ".join(str(text)[:5000].split())
    shown = "".join(letter for letter in line if letter.isprintable())
    return _PATH.sub("", shown)[:longest].strip()
