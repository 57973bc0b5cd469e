"""The known name that somebody may have meant by an unknown one."""

from __future__ import annotations

import difflib
from collections.abc import Collection

# Words that people use for one another; spelling alone does not find them.
_SYNONYMS = (
    frozenset({"title", "name", "label"}),
    frozenset({"message", "text", "body", "comment"}),
    frozenset({"email", "mail", "username", "user", "login"}),
    frozenset({"limit", "per_page", "page_size", "pagesize", "size", "count", "first", "max"}),
    frozenset({"cursor", "page", "offset", "after", "before", "since", "next_cursor", "start"}),
    frozenset({"frame_rate", "fps", "framerate"}),
    frozenset({"targets", "target", "node_ids", "nodes", "node_id", "node"}),
)


def nearest(name: str, known: Collection[str]) -> str | None:
    """The one of these names that is meant by this word most likely, or None."""
    word = name.casefold().replace("-", "_")
    for candidate in known:
        if candidate.casefold() == word:
            return candidate
    close = difflib.get_close_matches(word, sorted(known), 1, cutoff=0.75)
    if close:
        return close[0]
    for group in _SYNONYMS:
        if word in group:
            return next((candidate for candidate in sorted(known) if candidate in group), None)
    return None
