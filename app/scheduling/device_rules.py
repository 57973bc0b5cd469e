"""Rules for devices: a card that is kept for one project, or for one backend and its models."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from app.platform.database import UnitOfWork

from .workers import Worker, list_workers


class DeviceRule(msgspec.Struct, frozen=True, kw_only=True):
    """What a device takes, and nothing else: tasks of `project_id`, of `backend`, or of both."""

    set_by: str
    project_id: UUID | None = None
    backend: str | None = None

    @property
    def kept_for(self) -> str:
        """For what, in words. Which project, is nobody's business but its own."""
        project = "one project" if self.project_id is not None else ""
        return " and ".join(part for part in (project, self.backend or "") if part)

    def allows(self, project_id: UUID, backend: str) -> bool:
        """Whether a task of a project may run here by a backend."""
        return self.project_id in (None, project_id) and self.backend in (None, backend)


class DeviceRules(msgspec.Struct, frozen=True):
    """The rules of all devices, by the device's id."""

    by_device: Mapping[str, DeviceRule] = {}

    def allows(self, device_id: str, project_id: UUID, backend: str) -> bool:
        """Whether a task of a project may run on a device by a backend."""
        rule = self.by_device.get(device_id)
        return rule is None or rule.allows(project_id, backend)


async def read_rules(unit: UnitOfWork) -> DeviceRules:
    """The rules as they are now. For the service's role: they name projects."""
    rows = await unit.fetch("SELECT device_id, project_id, backend, set_by FROM device_rules")
    return DeviceRules(
        {
            row["device_id"]: DeviceRule(
                set_by=row["set_by"], project_id=row["project_id"], backend=row["backend"]
            )
            for row in rows
        }
    )


async def list_kept_workers(unit: UnitOfWork) -> list[Worker]:
    """The live workers, each with what its device is kept for. For the service's role."""
    rules = (await read_rules(unit)).by_device
    found = await list_workers()
    for worker in found:
        rule = rules.get(worker.device_id)
        if rule is not None:
            worker.kept_by, worker.kept_for = rule.set_by, rule.kept_for
    return found


async def set_rule(unit: UnitOfWork, device_id: str, rule: DeviceRule | None) -> None:
    """Keep a device for something, or (None) let it take everything again."""
    if rule is None:
        await unit.execute("DELETE FROM device_rules WHERE device_id = $1", device_id)
        return
    await unit.execute(
        """INSERT INTO device_rules (device_id, project_id, backend, set_by)
           VALUES ($1, $2, $3, $4)
           ON CONFLICT (device_id) DO UPDATE SET project_id = $2, backend = $3, set_by = $4,
             set_at = now()""",
        device_id,
        rule.project_id,
        rule.backend,
        rule.set_by,
    )
