"""What files from outside are, by the probes of the plugins: two at a time, in turns of people."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path

from app.platform.work_pools import WorkPool
from node_registry import DirectorError, ProbeSpec

# A probe is a process that may take 2 GiB. Who waits costs next to nothing, so many may.
PROBES = WorkPool("probe", workers=2, waiting=2000, per_owner=500)


async def facts_of(owner: Hashable, path: Path, probes: Sequence[ProbeSpec]) -> dict[str, object]:
    """What the first probe that accepts a file says of it; `owner` is who brings it.

    Raises what the last probe refused, and `server.busy` when too many files wait.
    """
    return await PROBES.run(owner, _look_into, path, probes)


def _look_into(path: Path, probes: Sequence[ProbeSpec]) -> dict[str, object]:
    refusal = DirectorError(
        "media.no_probe",
        "No plugin here can look into files.",
        hint="Install director-media; see `director plugins`.",
    )
    for spec in probes:
        try:
            return spec.probe(path)
        except DirectorError as error:
            refusal = error
    raise refusal
