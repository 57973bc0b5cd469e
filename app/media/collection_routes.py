"""The collection of unused bytes over HTTP, for the owner of the studio."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from app.accounts import Actor, demand_studio_owner

from .collection import Collected


class CollectionController(Controller):
    """`/api/v1/storage/collect`."""

    tags = ["studio"]

    @post("/api/v1/storage/collect", status_code=200)
    async def collect(
        self,
        actor: NamedDependency[Actor],
        request: Request[Any, Any, Any],
        dry_run: FromQuery[bool] = True,
    ) -> Collected:
        """Remove stored bytes that nothing has named for `DIRECTOR_UNUSED_DAYS`, or (`dry_run`)
        count them. The projects' repositories are packed and pruned before. The studio does all of
        it by itself once a day."""
        demand_studio_owner(actor)
        return await request.app.state.collector.collect(dry_run=dry_run)


ROUTES = [CollectionController]
