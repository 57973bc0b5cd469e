"""The rows of who has a graph open: batched, replaced, taken away, and never in anybody's way."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.accounts import Actor
from app.collaboration import GraphSessions, PresenceBoard
from app.collaboration.graph_sessions import SILENT_AFTER, TOUCH_EVERY
from app.collaboration.presence import Drag
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_id, new_key
from tests.collaboration.people import a_project

INA = Actor(user_id=new_id(), name="Ina")


def service():
    return unit_of_work(role=DatabaseRole.SERVICE)


@pytest.fixture
async def graph(connected) -> UUID:
    async with service() as unit:
        await unit.execute(
            "INSERT INTO users (id, name) VALUES ($1, 'Ina') ON CONFLICT DO NOTHING", INA.user_id
        )
    project, graph = await a_project(INA), new_id()
    async with service() as unit:
        await unit.execute(
            "INSERT INTO graphs (id, project_id, name) VALUES ($1, $2, 'main')", graph, project
        )
        await unit.execute("DELETE FROM graph_sessions")
    return graph


async def rows() -> list[dict]:
    async with service() as unit:
        found = await unit.fetch("SELECT * FROM graph_sessions ORDER BY id")
    return [dict(row) for row in found]


def joined(board: PresenceBoard, sessions: GraphSessions, graph: UUID) -> str:
    session = new_key()
    board.joined(new_id(), session, INA, graph)
    sessions.note(session)
    return session


async def test_where_somebody_is_stands_in_one_row_until_they_go(graph) -> None:
    board = PresenceBoard()
    sessions = GraphSessions(board)
    session = joined(board, sessions, graph)
    await sessions.write(0)
    [row] = await rows()
    assert (row["id"], row["graph_id"], row["user_id"]) == (session, graph, INA.user_id)
    drag = Drag(ids=("n1",), by=(1.0, 1.0))
    given = {"cursor": (1.0, 2.0), "selection": ("n1", "a\0b"), "subflow": "s\0", "drag": drag}
    board.update(session, given)
    sessions.note(session)
    await sessions.write(2)
    [moved] = await rows()
    assert (moved["cursor"], moved["selection"], moved["subflow"]) == (
        "[1.0, 2.0]",
        ["n1", "ab"],
        "s",
    )
    assert moved["connected_at"] == row["connected_at"]
    assert moved["active_at"] > row["active_at"]
    board.left(session, 3)
    sessions.end(session)
    await sessions.write(4)
    assert await rows() == []


async def test_members_may_read_the_rows_and_others_see_none(graph) -> None:
    board = PresenceBoard()
    sessions = GraphSessions(board)
    joined(board, sessions, graph)
    await sessions.write(0)
    for user, seen in ((INA.user_id, 1), (new_id(), 0)):
        async with unit_of_work(user) as unit:
            assert await unit.fetchval("SELECT count(*) FROM graph_sessions") == seen


async def test_what_dead_processes_left_is_taken_away_and_what_lives_stays(graph) -> None:
    board = PresenceBoard()
    living, dead = GraphSessions(board), GraphSessions(board)
    mine, ghost = joined(board, living, graph), joined(board, dead, graph)
    await living.write(0)
    await dead.write(0)
    async with service() as unit:
        await unit.execute(
            "UPDATE graph_sessions SET seen_at = now() - make_interval(secs => $1)",
            SILENT_AFTER + 1,
        )
    await living.write(TOUCH_EVERY)
    assert [row["id"] for row in await rows()] == [mine]
    assert ghost != mine
    await living.close()
    assert await rows() == []


async def test_a_graph_that_is_gone_keeps_nobody_elses_row_back(graph) -> None:
    board = PresenceBoard()
    sessions = GraphSessions(board)
    joined(board, sessions, new_id())
    session = joined(board, sessions, graph)
    await sessions.write(0)
    assert [row["id"] for row in await rows()] == [session]
