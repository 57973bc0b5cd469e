"""Where a push waits: what is left of it, and what a later push removes."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest
from director_git import quarantine as quarantine_module
from director_git.quarantine import quarantine, sweep


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / ".git" / "objects").mkdir(parents=True)
    return tmp_path


def left(repository: Path) -> list[str]:
    return sorted(path.name for path in (repository / ".git").glob("director-push-*"))


def test_nothing_is_left_of_a_push(repository: Path) -> None:
    with quarantine(repository) as place:
        assert Path(place.extra["GIT_OBJECT_DIRECTORY"]).is_dir()
    assert left(repository) == []


def test_a_living_push_is_left_alone(repository: Path) -> None:
    with quarantine(repository) as place:
        sweep(repository)
        with quarantine(repository):
            pass
        assert (Path(place.extra["GIT_OBJECT_DIRECTORY"]) / "pack").is_dir()


@pytest.mark.parametrize("names", [["a.lock"], ["a.lock", "a"], ["a"]])
def test_what_a_killed_process_left_is_removed(repository: Path, names: list[str]) -> None:
    for name in names:
        path = repository / ".git" / f"director-push-{name}"
        path.touch() if name.endswith(".lock") else (path / "pack").mkdir(parents=True)
    sweep(repository)
    assert left(repository) == []


def test_a_folder_that_cannot_go_yet_is_removed_by_a_later_push(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(quarantine_module.shutil, "rmtree", lambda *_, **__: None)
        with quarantine(repository):
            pass
    assert len(left(repository)) == 2
    with quarantine(repository):
        pass
    assert left(repository) == []


def test_a_lock_that_was_swept_before_it_was_held_is_not_used(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locks: list[str] = []
    flock = fcntl.flock

    def late(lock: object, how: int) -> None:
        if not locks:
            (path,) = (repository / ".git").glob("director-push-*.lock")
            locks.append(path.name)
            path.unlink()
        flock(lock, how)  # type: ignore[arg-type]

    monkeypatch.setattr(fcntl, "flock", late)
    with quarantine(repository) as place:
        assert os.path.basename(place.extra["GIT_OBJECT_DIRECTORY"]) + ".lock" not in locks
        assert len(left(repository)) == 2
    assert left(repository) == []
