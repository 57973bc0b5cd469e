"""The most memory that this process held during a run, as the kernel counts it."""

from __future__ import annotations

from pathlib import Path

_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")
_RESET_PEAK = "5"


def reset_peak() -> None:
    """Begin to count anew. Where the kernel cannot, the peak is that of the process so far."""
    if _RESET.exists():
        try:
            _RESET.write_text(_RESET_PEAK)
        except PermissionError:
            # A container may hold it read-only; the peak of the process is the next best answer.
            return


def peak_bytes() -> int:
    """The peak since `reset_peak`, in bytes; 0 where the system does not tell it."""
    if not _STATUS.exists():
        return 0
    for line in _STATUS.read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "VmHWM":
            return int(value.split()[0]) * 1024
    return 0
