"""Requests that schemathesis makes of the OpenAPI document: none of them is a fault of the studio.

Each operation gets a few, with seeds that are fixed (`DIRECTOR_TEST_REQUESTS=60` for many, by
hand); a part of an address whose name is known is the id of a real thing, so that the requests come
as far as people's do. Those are sent by its owner and, before, by a stranger.
"""

from __future__ import annotations

import asyncio
import os
import warnings
from typing import Any

import asyncpg
import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from app.gateway.errors import as_director_error
from tests.gateway.things import make_things
from tests.studio import Studio

EXAMPLES = int(os.environ.get("DIRECTOR_TEST_REQUESTS", "4"))
# Last, since they take away what the others ask for: the log-in itself at the very end.
LAST = ("/auth/logout", "/auth/sessions", "/auth/password", "/people/")

pytestmark = pytest.mark.filterwarnings("ignore::Warning")


def order(operation: Any) -> tuple[bool, int]:
    methods = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
    last = any(part in operation.path for part in LAST)
    return last, methods.index(operation.method.upper())


def cases_of(operation: Any) -> list[Any]:
    """A few requests to an operation, the same in every run."""
    found: list[Any] = []

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def collect(case: Any) -> None:
        found.append(case)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        collect()
    return found


async def test_no_generated_request_is_a_fault_of_the_studio(studio: Studio) -> None:
    owner, stranger = await studio.person("Ina Berg"), await studio.person("Eve")
    things = await make_things(studio, owner)
    schema = schemathesis.openapi.from_dict(studio.app.openapi_schema.to_schema())
    operations = sorted((found.ok() for found in schema.get_all_operations()), key=order)
    assert len(operations) > 100
    sent, answered, faults = 0, set[int](), []
    for operation in operations:
        for number, case in enumerate(await asyncio.to_thread(cases_of, operation)):
            if number % 2:
                # Half of them are about things that are there.
                known = {name: str(things[name]) for name in things}
                case.path_parameters = {
                    name: known.get(name, value)
                    for name, value in (case.path_parameters or {}).items()
                }
            given_ = case.as_transport_kwargs(base_url=str(owner.base_url))
            for name in ("cookies", "allow_redirects", "timeout"):
                given_.pop(name, None)
            # A stranger's own log-in is not what a later request stands on: they never end it.
            both = number % 2 and not any(part in operation.path for part in LAST)
            for client in (stranger, owner) if both else (owner,):
                try:
                    answer = await client.request(**given_)
                except (httpx.InvalidURL, UnicodeEncodeError, TypeError, ValueError):
                    # What no client can send, nobody sends.
                    break
                sent += 1
                answered.add(answer.status_code)
                if answer.status_code >= 500:
                    faults.append(f"{case.as_curl_command()}\n  {answer.text[:500]}")
    assert not faults, f"{len(faults)} of {sent}:\n" + "\n".join(faults[:10])
    assert sent > 2 * len(operations)
    assert {200, 400, 404} <= answered


async def test_a_number_that_no_column_holds_is_refused(studio: Studio) -> None:
    project = await studio.project()
    asset = await studio.owner.post(
        f"/api/v1/projects/{project}/assets", json={"kind": "prop", "content": {"name": "Lamp"}}
    )
    address = f"/api/v1/projects/{project}/assets/{asset.json()['id']}"
    change = {"base_version": 24165015204, "content": {"name": "Lantern"}}
    answer = await studio.owner.patch(address, json=change)
    assert answer.status_code == 400
    # Where no bound says so before, the database does.
    refused = as_director_error(asyncpg.DataError("value out of int32 range"))
    assert (refused.code, refused.status) == ("request.out_of_range", 400)
