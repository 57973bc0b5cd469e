"""The ledger of resources in Redis: what of each is reserved, by which attempt of which task.

It is an index, never the truth: that is the reservations on the rows of tasks
(`reservations.py`), from which the ledger is built again when Redis lost it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from redis.asyncio import Redis

EPOCH = "{ledger}:epoch"

# KEYS: the epoch, then each resource once. ARGV: for each reservation its name, the number of its
# resources, and of each the index of its key, the units and the capacity. The answer has a 1 for
# each that was reserved, all of it, and a 0 for each of which nothing was: something had no room.
# An empty answer: the ledger was lost.
_RESERVE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
local answer, at = {}, 1
while at <= #ARGV do
  local name, number, fits = ARGV[at], tonumber(ARGV[at + 1]), 1
  for one = at + 2, at + 3 * number - 1, 3 do
    local sum = tonumber(ARGV[one + 1])
    local held = redis.call('HGETALL', KEYS[tonumber(ARGV[one])])
    for i = 1, #held, 2 do
      if held[i] ~= name then sum = sum + tonumber(held[i + 1]) end
    end
    if sum > tonumber(ARGV[one + 2]) then fits = 0 end
  end
  if fits == 1 then
    for one = at + 2, at + 3 * number - 1, 3 do
      redis.call('HSET', KEYS[tonumber(ARGV[one])], name, ARGV[one + 1])
    end
  end
  answer[#answer + 1] = fits
  at = at + 2 + 3 * number
end
return answer
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
    """Reserves resources, any number of them by one Lua call."""

    def __init__(self, redis: Redis) -> None:
        # The client's types leave open whether a command is awaited; ours always are.
        self._redis: Any = redis
        self._reserve: Any = redis.register_script(_RESERVE)

    async def reserve(
        self, wanted: Sequence[tuple[Reservation, Mapping[str, int]]]
    ) -> list[bool] | None:
        """Reserve each of these, all of it or nothing; the capacities are by resource.

        Says of each, in order, whether there was room. None when the ledger must be rebuilt first.
        """
        keys, arguments = {EPOCH: 1}, list[str | int]()
        for reservation, capacities in wanted:
            arguments += [reservation.name, len(reservation.units)]
            for resource, units in reservation.units.items():
                index = keys.setdefault(_key(resource), len(keys) + 1)
                arguments += [index, units, capacities[resource]]
        answer = await self._reserve(keys=list(keys), args=arguments)
        return None if wanted and not answer else [bool(fits) for fits in answer]

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
