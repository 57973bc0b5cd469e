"""Asks a ComfyUI server how it is, in the words of its own `/system_stats`."""

from __future__ import annotations

import asyncio
import re

import aiohttp
import msgspec

from node_registry import Health

VARIABLE = "DIRECTOR_PLUGIN_COMFYUI__URL"
USUAL = "http://127.0.0.1:8188"
WITHIN = 4.0
LARGEST = 1_000_000
# From this release on an interrupt names the prompt that it means, and stops no other.
OLDEST = (0, 3, 57)


class Device(msgspec.Struct):
    """A card, or the processor; memory in bytes."""

    name: str = "?"
    type: str = ""
    vram_total: int = 0
    vram_free: int = 0


class System(msgspec.Struct):
    """The server itself."""

    comfyui_version: str
    pytorch_version: str = ""


class Stats(msgspec.Struct):
    """What `GET /system_stats` answers, as far as we use it."""

    system: System
    devices: list[Device] = []


async def server(url: str) -> Health:
    """How the server is. The studio works without one: nothing here is more than degraded."""
    if not url:
        return Health(
            "not_configured", "No address is set.", f"Set {VARIABLE} (usually {USUAL}) to use it."
        )
    try:
        status, body = await _ask(url.rstrip("/") + "/system_stats")
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return Health(
            "degraded",
            "ComfyUI does not answer at its address.",
            f"Start it, or correct {VARIABLE}; unset it to work without ComfyUI.",
        )
    if status in (401, 403):
        return Health(
            "degraded",
            f"What stands before ComfyUI refuses the studio (HTTP {status}).",
            f"Write name and password into {VARIABLE}: https://name:password@host.",
        )
    try:
        if status != 200:
            raise ValueError(status)
        stats = msgspec.json.decode(body, type=Stats)
    except (ValueError, RecursionError):
        return Health(
            "degraded",
            f"Something answers at ComfyUI's address that is not ComfyUI (HTTP {status}).",
            f"Correct {VARIABLE}.",
        )
    return _judge(stats)


async def _ask(url: str) -> tuple[int, bytes]:
    """The status and the body. One that is larger than it can be is an error."""
    body = bytearray()
    async with (
        asyncio.timeout(WITHIN),
        # A proxy of the environment is for the web: aiohttp asks it only where it is told to.
        aiohttp.ClientSession() as session,
        session.get(url, allow_redirects=False) as answer,
    ):
        async for chunk in answer.content.iter_any():
            body += chunk
            if len(body) > LARGEST:
                raise ValueError("larger than it can be")
        return answer.status, bytes(body)


def _judge(stats: Stats) -> Health:
    version = _plain(stats.system.comfyui_version)
    torch = _plain(stats.system.pytorch_version)
    devices = ", ".join(_device(device) for device in stats.devices[:8]) or "no device"
    sentence = f"ComfyUI {version}{f' with PyTorch {torch}' if torch else ''}: {devices}."
    numbers = re.match(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})", version)
    if numbers and tuple(map(int, numbers.groups())) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return Health(
            "degraded",
            f"{sentence} It cannot stop one job and leave the others alone.",
            f"Update ComfyUI to {oldest} or newer.",
        )
    return Health("ok", sentence)


def _device(device: Device) -> str:
    free, total = max(0, device.vram_free) / 2**30, max(0, device.vram_total) / 2**30
    return f"{_plain(device.name)} with {free:.1f} of {total:.1f} GiB free"


def _plain(text: str) -> str:
    """A server's text, fit to be shown: one short line."""
    return "".join(letter for letter in text if letter.isprintable())[:80]
