"""Resources: what workers offer, what a run needs of it, and what it was given.

There are three kinds: a slot of a CPU worker, memory of a card, and a slot of a remote server. A
run that needs several holds all of them or none.
"""

from __future__ import annotations

from typing import Literal

import msgspec

DeviceKind = Literal["cpu", "gpu"]


class Gpu(msgspec.Struct, frozen=True, kw_only=True):
    """A card: its driver's UUID, index and name, and its memory in bytes."""

    uuid: str
    index: int
    name: str
    total_bytes: int


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """The device of one worker: a CPU slot, or a card with so much memory (bytes)."""

    kind: DeviceKind = "cpu"
    name: str = ""
    vram_bytes: int = 0


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A remote server that runs of a backend take a slot of.

    `name` is unique in the studio (`"comfyui/render-1"`) and never an address: people read it.
    `slots` is how many runs it takes at once, 1 for a server with one card. Two backends that
    name the same server share its slots.
    """

    name: str
    slots: int = 1


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What the live workers that have a backend offer it, when one of its runs is to be placed.

    `devices` has one entry for each such worker, `servers` the names of the remote servers that
    they reach. Both may be empty only in tests: without a worker no estimate is asked for.
    """

    devices: tuple[Device, ...] = ()
    servers: tuple[str, ...] = ()

    @property
    def vram_bytes(self) -> int:
        """The memory of the largest card, in bytes; 0 where there is none."""
        return max((device.vram_bytes for device in self.devices), default=0)


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """What a run needs: all of it at once.

    `device` is the kind of worker, `vram_bytes` the memory of its card at the peak. `servers`
    names remote servers of which one slot is needed, the preferred one first; empty for a run
    that needs none. `seconds` is about how long the run takes: people see it as the expected wait
    of what stands behind it.

        Needs(device="gpu", vram_bytes=12 << 30, seconds=40)
        Needs(servers=capabilities.servers, seconds=90)
    """

    device: DeviceKind = "cpu"
    vram_bytes: int = 0
    servers: tuple[str, ...] = ()
    seconds: float = 1.0


class Reserved(msgspec.Struct, frozen=True, kw_only=True):
    """What a run was given: so much memory of its worker's card (bytes), and a slot of a server."""

    vram_bytes: int = 0
    server: str | None = None
