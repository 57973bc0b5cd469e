"""How much waits for workers, by quality and by device: what monitoring and scaling look at."""

from __future__ import annotations

import msgspec

from app.platform.database import current_unit
from node_registry import DeviceKind, Tier

from .causes import CauseKind
from .queue import read_all_places
from .workers import HEARTBEAT_TIMEOUT

NEEDS_WORKER: frozenset[CauseKind] = frozenset(
    ("next", "behind", "workers_busy", "card_kept", "no_worker")
)
"""Causes that one more worker would end: what is paused, or waits for an input, needs none."""

TIERS: tuple[Tier, ...] = ("low", "standard", "high")
DEVICES: tuple[DeviceKind, ...] = ("cpu", "gpu")


class TierLoad(msgspec.Struct, frozen=True, kw_only=True):
    """How many tasks of a quality wait for a worker, all and those for a card, and the longest
    expected wait of them in seconds; None where it is not known, which is so without a worker."""

    tier: Tier
    waiting: int
    waiting_for_card: int
    expected_wait: float | None


class DeviceLoad(msgspec.Struct, frozen=True, kw_only=True):
    """How many tasks wait for a worker of a kind of device, how many such workers take tasks, and
    how many of these are busy."""

    device: DeviceKind
    waiting: int
    workers: int
    busy: int


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """The load of the whole studio."""

    tiers: list[TierLoad]
    devices: list[DeviceLoad]


async def read_load() -> Load:
    """The load now, in a unit of work of the service."""
    places = [place for place in await read_all_places() if place.cause_kind in NEEDS_WORKER]
    rows = await current_unit().fetch(
        """SELECT device, count(*) AS workers, count(*) FILTER (WHERE EXISTS (
             SELECT 1 FROM tasks t WHERE t.worker_id = w.id
             AND t.status IN ('assigned', 'running'))) AS busy
           FROM workers w WHERE seen_at > now() - make_interval(secs => $1) AND drained_by = ''
           GROUP BY device""",
        float(HEARTBEAT_TIMEOUT),
    )
    live = {row["device"]: (row["workers"], row["busy"]) for row in rows}
    tiers: list[TierLoad] = []
    for tier in TIERS:
        of_tier = [place for place in places if place.tier == tier]
        waits = [place.expected_wait for place in of_tier]
        known = [wait for wait in waits if wait is not None]
        longest = max(known, default=None if waits else 0.0)
        cards = sum(place.device == "gpu" for place in of_tier)
        tiers.append(
            TierLoad(tier=tier, waiting=len(waits), waiting_for_card=cards, expected_wait=longest)
        )
    devices = [
        DeviceLoad(
            device=device,
            # Where nobody can say yet, it is a worker on the CPU that finds out.
            waiting=sum((place.device or "cpu") == device for place in places),
            workers=live.get(device, (0, 0))[0],
            busy=live.get(device, (0, 0))[1],
        )
        for device in DEVICES
    ]
    return Load(tiers=tiers, devices=devices)
