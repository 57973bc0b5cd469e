"""Reading the history of a repository with GitPython, in a thread; nothing here writes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from node_registry import Author, Commit, DirectorError

from .program import environment, failure, no_git, no_repository

if TYPE_CHECKING:
    from git import Repo

# A path never begins with "/", so that a field that does begins the next commit.
FORMAT = "/%H%x00%an%x00%ae%x00%ct%x00%B%x00"
MOST = 1000


def read_history(
    folder: Path, limit: int, before: str | None, branch: str | None = None
) -> list[Commit]:
    """At most `limit` commits of a branch, newest first, from the one after `before` on."""
    if before is not None and not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", before, re.ASCII):
        raise _unknown()
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    import git

    if not (folder / ".git").is_dir():
        raise no_repository()
    try:
        with git.Repo(folder, search_parent_directories=False) as repository:
            repository.git.update_environment(
                **environment(), GIT_DIR=str(folder / ".git"), GIT_WORK_TREE=str(folder)
            )
            tip = "HEAD" if branch is None else f"refs/heads/{branch}"
            return _read(repository, tip, max(0, min(limit, MOST)), before)
    except git.GitCommandNotFound as error:
        raise no_git() from error
    except (git.InvalidGitRepositoryError, git.NoSuchPathError) as error:
        raise no_repository() from error
    except git.GitCommandError as error:
        raise failure(folder, str(error.stderr)) from error


def _read(repository: Repo, tip: str, limit: int, before: str | None) -> list[Commit]:
    if limit == 0 or not _has_commits(repository):
        return []
    # "--date-order" never shows a commit before one that came after it, whatever a clock said.
    order = (tip, "--date-order")
    skip = 0
    if before is not None:
        ids = repository.git.rev_list(*order).split()
        if before not in ids:
            raise _unknown()
        skip = ids.index(before) + 1
    printed: bytes = repository.git.log(
        *order, f"--max-count={limit}", f"--skip={skip}", f"--format={FORMAT}",
        "--diff-merges=first-parent", "--name-only", "--no-renames", "-z", "--",
        stdout_as_string=False, strip_newline_in_stdout=False,
    )  # fmt: skip
    return list(parse_commits(printed.decode("utf-8", "replace").split("\0")))


def _has_commits(repository: Repo) -> bool:
    head = repository.git.rev_list("--max-count=1", "--all").strip()
    return bool(head)


def parse_commits(fields: list[str]) -> Iterator[Commit]:
    """The commits in what git printed by `FORMAT`, with the names of files between them."""
    at = 0
    while at < len(fields) and fields[at].startswith("/"):
        identity, name, email, when, message = fields[at : at + 5]
        at += 5
        files: list[str] = []
        while at < len(fields) and not fields[at].startswith("/"):
            # The first name follows a line end; an empty field only separates two commits.
            if path := fields[at].removeprefix("\n"):
                files.append(path)
            at += 1
        yield Commit(
            id=identity[1:],
            author=Author(name, email),
            at=datetime.fromtimestamp(int(when), UTC),
            message=message.rstrip("\n"),
            files=tuple(sorted(files)),
        )


def _unknown() -> DirectorError:
    return DirectorError(
        "vcs.unknown_commit",
        "The history has no commit with the id that the page was to begin after.",
        hint="Begin again with the newest commits.",
        status=404,
    )
