"""Every route and every event of a socket says whom it is for, in the table that is tried."""

from __future__ import annotations

from pathlib import Path

from app.gateway.protocol import PAYLOADS, Inbound
from app.processes.api import build_api
from app.settings import Settings
from tests.gateway.example_requests import route_names
from tests.gateway.rights_table import EVENTS, ROUTES


def test_each_route_says_whom_it_is_for(tmp_path: Path) -> None:
    there = route_names(build_api(Settings(home=tmp_path)))
    assert there - ROUTES.keys() == set(), "add these to tests/gateway/rights_table.py"
    assert ROUTES.keys() - there == set(), "these are no routes any more"


def test_each_event_says_whom_it_is_for() -> None:
    there = {name for name, kind in PAYLOADS.items() if issubclass(kind, Inbound)}
    assert there == EVENTS.keys(), "tests/gateway/rights_table.py tells whom an event is for"
