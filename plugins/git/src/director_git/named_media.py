"""Which media the history names: the pointers in all commits of all branches and tags."""

from __future__ import annotations

import re
from pathlib import Path

from .program import git

# A pointer as git-lfs writes it; longer ones have extensions that nobody uses.
SMALLEST, LARGEST = 100, 1024
_POINTER = re.compile(rb"version https://git-lfs[^\n]*\n(?:[^\n]*\n)*?oid sha256:([0-9a-f]{64})\n")


async def named_media(folder: Path) -> set[str]:
    """The digests in every pointer that the repository holds, also in what no branch reaches yet.

    What is about to be reached, by a push that is just let in, is there already.
    """
    listed = await git(
        folder, "cat-file", "--batch-all-objects", "--unordered",
        "--batch-check=%(objectname) %(objecttype) %(objectsize)",
    )  # fmt: skip
    small = [
        fields[0]
        for fields in (line.split() for line in listed.splitlines())
        if fields[1] == b"blob" and SMALLEST <= int(fields[2]) <= LARGEST
    ]
    if not small:
        return set()
    printed = await git(folder, "cat-file", "--batch", feed=b"\n".join(small) + b"\n")
    found: set[str] = set()
    at = 0
    while at < len(printed):
        end = printed.index(b"\n", at)
        size = int(printed[at:end].split()[2])
        match = _POINTER.match(printed, end + 1, end + 1 + size)
        if match is not None:
            found.add(match[1].decode())
        at = end + 2 + size
    return found
