"""What an operator may set about functions: `DIRECTOR_PLUGIN_FUNCTION_RUNNER__<FIELD>`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import platformdirs

from node_registry import DirectorError

Positive = Annotated[float, msgspec.Meta(gt=0)]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Where functions are, what runs them, and what each of their jobs may take at most.

    `manifests` is the operator's own folder of functions (`functions` in the studio's folder),
    `weights` where fetched weights lie, `secrets` a folder with one file for each secret that a
    fetch of weights needs. `runtime` is `docker`, or `venv`, which isolates nothing and so needs
    `allow_unsandboxed`. `engine` is the address of the Docker engine (`unix:///…`), else that of
    DOCKER_HOST. `memory_gb`, `disk_gb`, `cpus` and `processes` are the most that one job gets;
    what a job has left behind goes after `orphan_minutes` in which nobody followed it.
    """

    manifests: str = ""
    weights: str = ""
    secrets: str = ""
    runtime: Literal["docker", "venv"] = "docker"
    allow_unsandboxed: bool = False
    engine: str = ""
    memory_gb: Positive = 16
    disk_gb: Positive = 50
    cpus: Positive = 4
    processes: Annotated[int, msgspec.Meta(ge=8, le=100_000)] = 512
    orphan_minutes: Positive = 15

    def folder(self) -> Path:
        """The folder of functions."""
        return Path(self.manifests).expanduser() if self.manifests else studio_home() / "functions"

    def weights_folder(self) -> Path:
        """The folder of fetched weights, shared by all functions."""
        return Path(self.weights).expanduser() if self.weights else studio_home() / "weights"


def studio_home() -> Path:
    """The studio's own folder, as its settings name it."""
    named = os.environ.get("DIRECTOR_HOME", "").strip()
    return Path(named).expanduser() if named else platformdirs.user_data_path("director")


PREFIX = "DIRECTOR_PLUGIN_FUNCTION_RUNNER__"


def read_settings() -> Settings:
    """The settings that the environment gives, for a command. Raises `plugin.settings`."""
    values = {
        name[len(PREFIX) :].lower(): value
        for name, value in os.environ.items()
        if name.startswith(PREFIX) and value
    }
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise DirectorError(
            "plugin.settings", f"The settings are wrong: {error}.", hint=f"Check {PREFIX}…"
        ) from error
