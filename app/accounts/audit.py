"""The audit log: what people did to accounts, rights and projects, and from where."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from app.platform.database import DatabaseRole, current_unit, from_json, to_json, unit_of_work
from app.platform.ids import new_id
from app.platform.pagination import Page, PageRequest
from app.platform.request_context import client_address
from app.platform.security_log import security_event


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One action. `kind` is `area.action`; `detail` names what it was done to; `address` is where
    the request came from. `name` is the person's name of today, null when the account is gone."""

    id: UUID
    at: datetime
    kind: str
    user_id: UUID | None
    name: str | None
    project_id: UUID | None
    detail: dict[str, Any]
    address: str


async def audit(
    kind: str, user_id: UUID | None, *, project_id: UUID | None = None, **detail: Any
) -> None:
    """Write down an action, in the unit of work that does it: both are stored, or neither."""
    unit = current_unit()
    await unit.execute(
        """INSERT INTO audit_log (id, kind, user_id, project_id, detail, address)
           VALUES ($1, $2, $3, $4, $5::jsonb, $6)""",
        new_id(),
        kind,
        user_id,
        project_id,
        to_json(detail),
        client_address.get(),
    )
    outcome = "failure" if kind.endswith(".failed") else "success"
    what = {"project": project_id} if project_id is not None else {}
    ids = {name: str(value) for name, value in detail.items() if isinstance(value, UUID)}
    unit.after_commit(
        functools.partial(security_event, kind, outcome, user_id=user_id, **what, **ids)
    )


async def studio_audit(page: PageRequest) -> Page[AuditEntry]:
    """Everything in the log, newest first, for those who have seen to the studio's owner."""
    return await _entries(page, None)


async def project_audit(project_id: UUID, page: PageRequest) -> Page[AuditEntry]:
    """What concerns a project, newest first, for those who have seen to the right to manage it."""
    return await _entries(page, project_id)


async def forget_audit(keep: timedelta) -> int:
    """Remove what is older. Says how much that was."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        return await unit.execute("DELETE FROM audit_log WHERE at < now() - $1::interval", keep)


async def _entries(page: PageRequest, project_id: UUID | None) -> Page[AuditEntry]:
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            """SELECT a.*, u.name FROM audit_log a LEFT JOIN users u ON u.id = a.user_id
               WHERE ($1::uuid IS NULL OR a.project_id = $1) AND ($2::uuid IS NULL OR a.id < $2)
               ORDER BY a.id DESC LIMIT $3""",
            project_id,
            page.after(UUID),
            page.rows,
        )
    return page.answer(rows, lambda row: row["id"], _entry)


def _entry(row: Any) -> AuditEntry:
    return AuditEntry(
        id=row["id"],
        at=row["at"],
        kind=row["kind"],
        user_id=row["user_id"],
        name=row["name"],
        project_id=row["project_id"],
        detail=from_json(row["detail"]),
        address=row["address"],
    )
