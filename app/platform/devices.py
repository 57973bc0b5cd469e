"""The devices of this machine that a worker can hold: cards that NVML knows, and CPU slots."""

from __future__ import annotations

import pynvml

from app.platform.telemetry import get_logger
from node_registry import Gpu

log = get_logger(__name__)


def find_gpus() -> list[Gpu]:
    """The NVIDIA cards of this machine; none where there is no driver."""
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        log.debug("devices.no_nvml", error=str(error))
        return []
    try:
        return [_describe(index) for index in range(pynvml.nvmlDeviceGetCount())]
    except pynvml.NVMLError as error:
        log.warning("devices.nvml_failed", error=str(error))
        return []
    finally:
        pynvml.nvmlShutdown()


def _describe(index: int) -> Gpu:
    handle = pynvml.nvmlDeviceGetHandleByIndex(index)
    memory = pynvml.nvmlDeviceGetMemoryInfo(handle, version=pynvml.nvmlMemory_v2)
    return Gpu(
        uuid=_text(pynvml.nvmlDeviceGetUUID(handle)),
        index=index,
        name=_text(pynvml.nvmlDeviceGetName(handle)),
        total_bytes=int(memory.total),
    )


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
