"""What the child of the probe says of a file that is not taken."""

from __future__ import annotations


class Refused(Exception):
    """A file that is not taken: why, in a kind (`format`, `damaged`, `memory`) and in words."""

    def __init__(self, kind: str, what: str) -> None:
        super().__init__(what)
        self.kind, self.what = kind, what
