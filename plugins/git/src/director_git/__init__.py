"""Version control of a project folder with git and LFS pointers."""

from __future__ import annotations

from collections.abc import Iterable

from node_registry import HealthCheck, VersionControl, VersionControlSpec, hookimpl

__all__ = ["check_health", "register_version_control"]


@hookimpl
def register_version_control() -> Iterable[VersionControlSpec]:
    def git() -> VersionControl:
        from .repository import GitVersionControl

        return GitVersionControl()

    return [VersionControlSpec(name="git", factory=git)]


@hookimpl
def check_health() -> Iterable[HealthCheck]:
    from .health import git, git_lfs

    return [HealthCheck(name="program", run=git), HealthCheck(name="git-lfs", run=git_lfs)]
