"""The graphics cards that the driver shows; none is no fault."""

from __future__ import annotations

import importlib
from typing import Any

from app.platform.blocking import run_blocking
from node_registry import Health


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
