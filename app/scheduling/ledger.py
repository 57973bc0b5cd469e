"""The ledger of resources in Redis: what of each is reserved, by which attempt of which task.

It is an index, never the truth: that is the reservations on the rows of tasks
(`reservations.py`), from which the ledger is built again when Redis lost it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec
from redis.asyncio import Redis

EPOCH = "{ledger}:epoch"

# KEYS: the epoch, then each resource. ARGV: the reservation, then units and capacity of each.
# 1: reserved, all of it. 0: no room, nothing reserved. -1: the ledger was lost.
_RESERVE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
for k = 2, #KEYS do
  local sum = tonumber(ARGV[2 * k - 2])
  local held = redis.call('HGETALL', KEYS[k])
  for i = 1, #held, 2 do
    if held[i] ~= ARGV[1] then sum = sum + tonumber(held[i + 1]) end
  end
  if sum > tonumber(ARGV[2 * k - 1]) then return 0 end
end
for k = 2, #KEYS do redis.call('HSET', KEYS[k], ARGV[1], ARGV[2 * k - 2]) end
return 1
"""


class Reservation(msgspec.Struct, frozen=True, kw_only=True):
    """What one attempt of a task holds: `units` by resource.

    A resource is the id of a device (a CPU slot has one unit, a card as many as it has bytes), or
    of whatever else can be full.
    """

    task_id: UUID
    attempt: int
    units: Mapping[str, int]

    @property
    def name(self) -> str:
        """The reservation's field in the ledger; the attempt fences a former one."""
        return f"{self.task_id}:{self.attempt}"


class Ledger:
    """Reserves resources by one Lua call each."""

    def __init__(self, redis: Redis) -> None:
        # The client's types leave open whether a command is awaited; ours always are.
        self._redis: Any = redis
        self._reserve: Any = redis.register_script(_RESERVE)

    async def reserve(self, reservation: Reservation, capacities: Mapping[str, int]) -> bool | None:
        """Reserve all that is asked for, or nothing.

        False when one of the resources has no room, None when the ledger must be rebuilt first.
        """
        arguments: list[str | int] = [reservation.name]
        for resource, units in reservation.units.items():
            arguments += [units, capacities[resource]]
        keys = [EPOCH, *map(_key, reservation.units)]
        result = int(await self._reserve(keys=keys, args=arguments))
        return None if result < 0 else bool(result)

    async def is_lost(self) -> bool:
        """Whether Redis has forgotten the ledger, which must be rebuilt then."""
        return not await self._redis.exists(EPOCH)

    async def release(self, reservation: Reservation) -> None:
        """Release a reservation; one that is gone is no error."""
        async with self._redis.pipeline(transaction=True) as pipe:
            for resource in reservation.units:
                pipe.hdel(_key(resource), reservation.name)
            await pipe.execute()

    async def rebuild(self, reservations: Iterable[Reservation]) -> None:
        """Forget everything and hold exactly these, in one step."""
        keys = [key async for key in self._redis.scan_iter("{ledger}:*")]
        async with self._redis.pipeline(transaction=True) as pipe:
            if keys:
                pipe.delete(*keys)
            for reservation in reservations:
                for resource, units in reservation.units.items():
                    pipe.hset(_key(resource), reservation.name, str(units))
            pipe.incr(EPOCH)
            await pipe.execute()

    async def reserved(self, resource: str) -> dict[str, int]:
        """What is reserved of a resource: units by `task:attempt`."""
        units_by_name = await self._redis.hgetall(_key(resource))
        return {name.decode(): int(units) for name, units in units_by_name.items()}


def _key(resource: str) -> str:
    return f"{{ledger}}:resource:{resource}"
