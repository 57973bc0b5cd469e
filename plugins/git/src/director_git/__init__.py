"""Version control of a project folder with git and LFS pointers."""

from __future__ import annotations

from collections.abc import Iterable

from node_registry import VersionControl, VersionControlSpec, hookimpl

__all__ = ["register_version_control"]


@hookimpl
def register_version_control() -> Iterable[VersionControlSpec]:
    from .program import missing

    def git() -> VersionControl:
        from .repository import GitVersionControl

        return GitVersionControl()

    return [VersionControlSpec(name="git", title="Git", factory=git, check=missing)]
