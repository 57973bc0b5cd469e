"""One-time tickets: good once, for one project, for half a minute, and never too many."""

from __future__ import annotations

from uuid import UUID

import pytest

from app import accounts
from app.accounts import Actor
from app.accounts.tickets import LIFETIME, MAX_PER_PERSON, MAX_TICKETS, Tickets
from app.platform.ids import new_id, new_key
from node_registry import DirectorError
from tests.studio import Studio


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def person() -> Actor:
    return Actor(user_id=new_id(), name="Ina", session_id=new_id())


def refused(tickets: Tickets, ticket: str, project: UUID) -> bool:
    with pytest.raises(DirectorError) as caught:
        tickets.redeem(ticket, project)
    return (caught.value.code, caught.value.status) == ("account.bad_ticket", 401)


def test_a_ticket_is_good_once() -> None:
    tickets, ina, project = Tickets(), person(), new_id()
    ticket = tickets.issue(ina, project)
    assert tickets.redeem(ticket, project) == ina
    assert refused(tickets, ticket, project)
    assert len(tickets) == 0


def test_a_ticket_expires() -> None:
    clock = Clock()
    tickets, ina, project = Tickets(clock), person(), new_id()
    early, late = tickets.issue(ina, project), tickets.issue(ina, project)
    clock.now += LIFETIME - 0.1
    assert tickets.redeem(early, project) == ina
    clock.now += 0.1
    assert refused(tickets, late, project)
    tickets.issue(ina, project)
    clock.now += LIFETIME
    tickets.issue(ina, project)
    assert len(tickets) == 1


def test_a_ticket_belongs_to_one_project_and_is_no_guess() -> None:
    tickets, project = Tickets(), new_id()
    ticket = tickets.issue(person(), project)
    assert refused(tickets, ticket, new_id())
    assert refused(tickets, ticket, project)
    for guess in ("", "x" * 43, "\ud800", "é" * 10_000, ticket[:-1]):
        assert refused(tickets, guess, project)


def test_who_asks_for_many_loses_only_their_own() -> None:
    tickets, ina, jo, project = Tickets(), person(), person(), new_id()
    kept = tickets.issue(jo, project)
    mine = [tickets.issue(ina, project) for _ in range(MAX_PER_PERSON + 5)]
    assert len(tickets) == MAX_PER_PERSON + 1
    assert all(refused(tickets, ticket, project) for ticket in mine[:5])
    assert tickets.redeem(mine[5], project) == ina
    assert tickets.redeem(kept, project) == jo


def test_there_is_an_end_to_tickets() -> None:
    clock = Clock()
    tickets, project = Tickets(clock), new_id()
    for _ in range(MAX_TICKETS):
        tickets.issue(person(), project)
    with pytest.raises(DirectorError) as caught:
        tickets.issue(person(), project)
    assert (caught.value.code, caught.value.status) == ("account.too_many_tickets", 429)
    clock.now += LIFETIME
    tickets.issue(person(), project)
    assert len(tickets) == 1


async def test_the_api_gives_a_ticket_to_who_may_read_the_project(studio: Studio) -> None:
    project = await studio.project()
    answer = await studio.owner.post(f"/api/v1/projects/{project}/socket-ticket")
    assert answer.status_code == 201
    body = answer.json()
    assert body["expires_in"] == LIFETIME
    actor = accounts.redeem_ticket(body["ticket"], UUID(project))
    assert actor.is_owner
    stranger = await studio.person()
    for path in (project, new_key()):
        answer = await stranger.post(f"/api/v1/projects/{path}/socket-ticket")
        assert answer.status_code == 404


async def test_a_log_out_voids_the_tickets_of_that_session(studio: Studio) -> None:
    ina = await studio.person()
    project = await studio.project(ina)
    ticket = (await ina.post(f"/api/v1/projects/{project}/socket-ticket")).json()["ticket"]
    assert (await ina.post("/api/v1/auth/logout")).status_code == 204
    with pytest.raises(DirectorError):
        accounts.redeem_ticket(ticket, UUID(project))
