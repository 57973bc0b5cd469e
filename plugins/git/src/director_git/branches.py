"""Branches of a repository: listed, made, removed, and compared with the one of the folder."""

from __future__ import annotations

import re
from pathlib import Path

from node_registry import Branch, DirectorError, Divergence

from .contents import Contents
from .program import git
from .upkeep import deletion

HEADS = "refs/heads/"
MAX_BRANCHES = 500
# No spaces and no letters that git or a shell reads as something else; the rest git checks.
_NAME = re.compile(r"(?!-)[^\x00-\x20\x7f~^:?*\[\\]{1,200}")


async def list_branches(folder: Path) -> list[Branch]:
    """All branches, in the order of their names."""
    printed = await git(folder, "for-each-ref", "--format=%(objectname) %(refname)", HEADS)
    found = [line.split(" ", 1) for line in printed.decode().splitlines()]
    head = await main_ref(folder)
    commits = await Contents(folder).commits(dict.fromkeys(identity for identity, _ in found))
    by_id = {commit.id: commit for commit in commits}
    return [
        Branch(name=ref.removeprefix(HEADS), commit=by_id[identity], main=ref == head)
        for identity, ref in found
        if identity in by_id
    ]


async def create(folder: Path, name: str, start: str) -> Branch:
    """Make a branch; the caller holds the repository."""
    await check_name(folder, name)
    there = await list_branches(folder)
    clash = any(
        one.name == name or one.name.startswith(f"{name}/") or name.startswith(f"{one.name}/")
        for one in there
    )
    if clash:
        raise DirectorError(
            "vcs.branch_exists",
            f"There is a branch {name[:80]!r} already, or one that is in its way.",
            hint="Choose another name.",
            status=409,
        )
    if len(there) >= MAX_BRANCHES:
        raise DirectorError(
            "vcs.too_many_branches",
            f"A project has at most {MAX_BRANCHES} branches.",
            hint="Delete some that are merged.",
            status=409,
        )
    tip = await _commit_of(folder, start)
    nobody = "0" * len(tip)
    await git(folder, "update-ref", f"{HEADS}{name}", tip, nobody)
    (commit,) = await Contents(folder).commits([tip])
    return Branch(name=name, commit=commit, main=False)


async def delete(folder: Path, name: str) -> None:
    """Remove a branch; the caller holds the repository. Its commits are kept for a while."""
    tip = await check_there(folder, name)
    if f"{HEADS}{name}" == await main_ref(folder):
        raise DirectorError(
            "vcs.main_branch",
            f"{name!r} is the project itself, and is not deleted.",
            status=409,
        )
    await git(folder, "update-ref", "--stdin", feed=deletion(f"{HEADS}{name}", tip).encode())


async def divergence(folder: Path, branch: str) -> Divergence:
    """How a branch and the folder's own grew apart."""
    theirs = await check_there(folder, branch)
    ours = (await git(folder, "rev-parse", "--verify", "HEAD^{commit}")).decode().strip()
    printed = await git(folder, "merge-base", ours, theirs, allow=(0, 1))
    base = printed.decode().split()
    count = await git(folder, "rev-list", "--count", theirs, f"^{ours}")
    return Divergence(base=base[0] if base else None, ours=ours, theirs=theirs, commits=int(count))


async def check_name(folder: Path, name: str) -> None:
    """Raises `vcs.bad_branch` for what git, or we, would not call a branch."""
    fits = _NAME.fullmatch(name) is not None
    if fits:
        try:
            await git(folder, "check-ref-format", f"{HEADS}{name}")
        except DirectorError:
            fits = False
    if not fits or name.upper() == "HEAD":
        raise DirectorError(
            "vcs.bad_branch",
            f"{name[:80]!r} cannot be the name of a branch.",
            hint="Use letters, digits, '-', '_' and '/'.",
        )


async def check_there(folder: Path, name: str) -> str:
    """The newest commit of a branch. Raises `vcs.no_branch`."""
    tip = ""
    if _NAME.fullmatch(name) is not None:
        printed = await git(
            folder, "rev-parse", "-q", "--verify", f"{HEADS}{name}^{{commit}}", allow=(0, 1, 128)
        )
        tip = printed.decode().strip()
    if not tip:
        raise DirectorError("vcs.no_branch", f"There is no branch {name[:80]!r}.", status=404)
    return tip


async def main_ref(folder: Path) -> str:
    """The ref that the folder is on, or nothing."""
    return (await git(folder, "symbolic-ref", "-q", "HEAD", allow=(0, 1))).decode().strip()


async def _commit_of(folder: Path, start: str) -> str:
    if re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", start) is None:
        return await check_there(folder, start)
    # Reachable from a branch: what was pushed and refused, or deleted, is not brought back.
    printed = await git(
        folder, "for-each-ref", "--count=1", f"--contains={start}", HEADS, allow=(0, 128, 129)
    )
    if not printed.strip():
        raise DirectorError(
            "vcs.unknown_commit",
            "The history has no commit with this id.",
            hint="Name a branch, or a commit of one.",
            status=404,
        )
    return start
