"""A real ComfyUI in a folder of its own, and the workflows that the tests give it.

`COMFYUI_DIR` is a checkout, `COMFYUI_PYTHON` the Python that has what it needs. No model is used:
ComfyUI's own nodes make pictures and an MP4 with sound, and one node of ours works in steps.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import msgspec

PLACE = Path(os.environ["COMFYUI_DIR"])
PYTHON = os.environ.get("COMFYUI_PYTHON", "python3")
NODES = Path(__file__).parent / "custom_nodes"
MARKS = iter(range(int(time.time()) % 1_000_000_000, 1 << 31))


class RealComfyUI:
    """A server in a folder of its own, which can be killed and started again."""

    def __init__(self, base: Path) -> None:
        self._base = base
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        for name in ("models", "input", "output", "temp", "user"):
            (base / name).mkdir(parents=True)
        shutil.copytree(NODES, base / "custom_nodes")
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        log = (self._base / "log").open("ab")
        self._process = await asyncio.create_subprocess_exec(
            PYTHON, "main.py", "--cpu", "--listen", "127.0.0.1", "--port", str(self.port),
            "--base-directory", str(self._base), cwd=PLACE, stdout=log, stderr=log,
        )  # fmt: skip
        for _ in range(600):
            assert self._process.returncode is None, (self._base / "log").read_text()[-2000:]
            try:
                await asyncio.to_thread(lambda: urlopen(f"{self.url}/queue").read())
                return
            except OSError:
                await asyncio.sleep(0.5)
        raise AssertionError("ComfyUI did not start within five minutes")

    async def kill(self) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    async def told(self, path: str) -> Any:
        return msgspec.json.decode(await asyncio.to_thread(lambda: urlopen(self.url + path).read()))


def steps_of(steps: int, seconds: float) -> dict[str, Any]:
    """A picture, worked at in steps: never the same twice, so that nothing comes from a cache."""
    inputs = {"image": ["1", 0], "steps": steps, "seconds": seconds, "mark": next(MARKS)}
    size = {"width": 64, "height": 36, "batch_size": 1, "color": 255}
    return {
        "1": {"class_type": "EmptyImage", "inputs": size},
        "2": {"class_type": "DirectorSteps", "inputs": inputs, "_meta": {"title": "Sampler"}},
        "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "d"}},
    }


def film_of(graph: dict[str, Any]) -> dict[str, Any]:
    """The same, as an MP4 with sound."""
    sound = {"duration": 1.0, "sample_rate": 48000, "channels": 2}
    video = {"images": ["4", 0], "fps": 24.0, "audio": ["5", 0]}
    saved = {"video": ["6", 0], "filename_prefix": "d", "format": "mp4", "codec": "h264"}
    return {
        "1": graph["1"],
        "2": graph["2"],
        "4": {"class_type": "RepeatImageBatch", "inputs": {"image": ["2", 0], "amount": 24}},
        "5": {"class_type": "EmptyAudio", "inputs": sound},
        "6": {"class_type": "CreateVideo", "inputs": video},
        "7": {"class_type": "SaveVideo", "inputs": saved},
    }
