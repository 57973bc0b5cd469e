"""What makes pictures and sound: encoders, fonts, graphics cards."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from typing import Any

from app.platform.blocking import run_blocking
from node_registry import Health

ENCODERS = ("libx264", "aac")
FONT_SIGNATURES = (b"\x00\x01\x00\x00", b"OTTO", b"true", b"ttcf")
REINSTALL = "Install the studio again: uv sync, or uv tool install --reinstall movie-director."


async def encoders() -> Health:
    """Whether PyAV is there and can write H.264 and AAC."""
    return await run_blocking(_encoders)


def _encoders() -> Health:
    try:
        # Loaded by name: only a worker has it otherwise, and a broken library must not stop us.
        av: Any = importlib.import_module("av")
        codec: Any = importlib.import_module("av.codec")
    except ImportError as error:
        return Health(state="failed", message=f"PyAV does not load: {error}.", remedy=REINSTALL)
    missing = []
    for name in ENCODERS:
        try:
            codec.Codec(name, "w")
        except Exception:  # noqa: BLE001 - its errors have changed their names between versions
            missing.append(name)
    if missing:
        return Health(
            state="failed",
            message=f"PyAV {av.__version__} cannot write {' and '.join(missing)}.",
            remedy="Use PyAV's own wheel, which brings them: uv pip install --reinstall av.",
        )
    return Health(state="ok", message=f"PyAV {av.__version__} writes H.264 and AAC.")


async def fonts() -> Health:
    """Whether the typefaces of subtitles and slates are there and whole."""
    plugin = importlib.util.find_spec("director_media")
    folders = [Path(place) for place in (plugin.submodule_search_locations or ())] if plugin else []
    files = [file for folder in folders for file in folder.glob("fonts/*.[ot]tf")]
    broken = [file.name for file in files if file.read_bytes()[:4] not in FONT_SIGNATURES]
    if not files or broken:
        what = f"damaged ({', '.join(broken)})" if broken else "missing"
        return Health(
            state="failed", message=f"The fonts for subtitles are {what}.", remedy=REINSTALL
        )
    return Health(state="ok", message=f"{', '.join(sorted(file.stem for file in files))}.")


async def gpus() -> Health:
    """The NVIDIA cards that NVML sees; none is no fault."""
    return await run_blocking(_gpus)


def _gpus() -> Health:
    none = Health(state="ok", message="No GPU: the animatic and all else on the CPU works.")
    try:
        nvml: Any = importlib.import_module("pynvml")
    except ImportError:
        return none
    try:
        nvml.nvmlInit()
    except (nvml.NVMLError_LibraryNotFound, nvml.NVMLError_DriverNotLoaded):
        return none
    except nvml.NVMLError as error:
        return Health(
            state="degraded",
            message=f"The NVIDIA driver is there, but does not answer: {error}.",
            remedy="Run nvidia-smi; if it fails too, restart the machine.",
        )
    try:
        cards = []
        for number in range(nvml.nvmlDeviceGetCount()):
            handle = nvml.nvmlDeviceGetHandleByIndex(number)
            memory = nvml.nvmlDeviceGetMemoryInfo(handle, version=nvml.nvmlMemory_v2)
            cards.append(f"{nvml.nvmlDeviceGetName(handle)}, {memory.total / 2**30:.0f} GiB")
    except nvml.NVMLError as error:
        return Health(
            state="degraded",
            message=f"A GPU does not answer: {error}.",
            remedy="Run nvidia-smi; if it fails too, restart the machine.",
        )
    finally:
        nvml.nvmlShutdown()
    if not cards:
        return none
    return Health(state="ok", message="; ".join(cards) + ".")
