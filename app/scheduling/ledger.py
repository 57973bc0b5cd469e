"""The ledger of devices in Redis: what of each is reserved, by which task. An index, not the truth.

The truth is the leases in PostgreSQL: when Redis lost the ledger, it is built again from them.
A reservation counts until it is released, also when its task ended badly: to over-count costs a
little time, to under-count breaks cards.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec
from redis.asyncio import Redis

EPOCH = "{ledger}:epoch"

# KEYS: the device's reservations, the epoch. ARGV: reservation, units, capacity.
# 1: reserved (again). 0: no room. -1: the ledger was lost and must be built first.
_RESERVE = """
if redis.call('EXISTS', KEYS[2]) == 0 then return -1 end
local sum = 0
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if all[i] == ARGV[1] then return 1 end
  sum = sum + tonumber(all[i + 1])
end
if sum + tonumber(ARGV[2]) > tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
"""


class Reservation(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a device held by one attempt of a task: a CPU slot (1), or bytes of a card."""

    device_id: str
    task_id: UUID
    attempt: int
    units: int

    @property
    def name(self) -> str:
        """The reservation's field in the ledger; the attempt fences a former one."""
        return f"{self.task_id}:{self.attempt}"


class Ledger:
    """Reserves devices by one Lua call each."""

    def __init__(self, redis: Redis) -> None:
        # The client's types leave open whether a command is awaited; ours always are.
        self._redis: Any = redis
        self._reserve: Any = redis.register_script(_RESERVE)

    async def reserve(self, reservation: Reservation, capacity: int) -> bool | None:
        """Reserve; False when there is no room, None when the ledger must be rebuilt first."""
        result = int(
            await self._reserve(
                keys=[_key(reservation.device_id), EPOCH],
                args=[reservation.name, reservation.units, capacity],
            )
        )
        return None if result < 0 else bool(result)

    async def release(self, reservation: Reservation) -> None:
        """Give a reservation back; one that is gone is no error."""
        await self._redis.hdel(_key(reservation.device_id), reservation.name)

    async def rebuild(self, reservations: Iterable[Reservation]) -> None:
        """Forget everything and reserve exactly these, in one step."""
        keys = [key async for key in self._redis.scan_iter("{ledger}:device:*")]
        async with self._redis.pipeline(transaction=True) as pipe:
            if keys:
                pipe.delete(*keys)
            for reservation in reservations:
                pipe.hset(_key(reservation.device_id), reservation.name, str(reservation.units))
            pipe.incr(EPOCH)
            await pipe.execute()

    async def reserved(self, device_id: str) -> dict[str, int]:
        """What is reserved on a device: `task:attempt` → units."""
        all_of_it = await self._redis.hgetall(_key(device_id))
        return {name.decode(): int(units) for name, units in all_of_it.items()}


def _key(device_id: str) -> str:
    return f"{{ledger}}:device:{device_id}"
