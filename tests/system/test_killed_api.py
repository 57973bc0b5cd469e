"""The API is killed twenty times while people edit: what anybody had seen is stored, each time.

A whole studio runs for this, its PostgreSQL with fsync; the supervisor starts the API again, and
the clients come back by themselves. Nothing is told to anybody that a `kill -9` could take back.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import random
import signal
import statistics
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import director_client
import httpx
import msgspec
import pytest
from director_client import connection

from app.processes import studio as processes_studio
from app.processes.embedded import EmbeddedPostgres, runtime_folder
from app.processes.studio import free_port, running
from app.processes.supervisor import Event, Supervisor
from app.settings import Settings
from tests.system.witnesses import Editor, Observations, Witness

KILLS = 20
SEED = 3

pytestmark = pytest.mark.system


async def rows(home: Path, project: str) -> tuple[list[asyncpg.Record], asyncpg.Record]:
    """The whole log of a project's graph, and its row."""
    connection = await asyncpg.connect(EmbeddedPostgres(home, runtime_folder(home)).url())
    try:
        graph = await connection.fetchrow(
            "SELECT id, version, epoch FROM graphs WHERE project_id = $1", UUID(project)
        )
        assert graph is not None
        log = await connection.fetch(
            """SELECT version, epoch, client_id, client_seq, user_id, label, ops
               FROM graph_ops WHERE graph_id = $1 ORDER BY version""",
            graph["id"],
        )
        return log, graph
    finally:
        await connection.close()


def check(observed: Observations, log: list[asyncpg.Record]) -> None:
    """Whatever anybody was told is in the log, exactly as it was told."""
    assert not observed.contradictions, observed.contradictions[:3]
    assert [row["version"] for row in log] == list(range(1, len(log) + 1)), "no gap"
    epochs = [row["epoch"] for row in log]
    assert epochs == sorted(epochs)
    stored = {row["version"]: row for row in log}
    for version, seen in list(observed.transactions.items()):
        assert version in stored, f"version {version} was told and is lost: {seen}"
        row = stored[version]
        assert row["epoch"] <= observed.epochs[version]
        assert {
            "version": version,
            "client_id": row["client_id"],
            "seq": row["client_seq"],
            "user_id": str(row["user_id"]),
            "label": row["label"],
            "ops": msgspec.json.decode(row["ops"]),
        } == {"label": "", **seen}
    at = {row["label"]: row["version"] for row in log}
    for label, version in list(observed.acknowledged.items()):
        assert at.get(label) == version, f"{label} was acknowledged at {version}"
    for version in observed.wholes:
        assert version <= len(log), f"a graph of version {version} was told, the log ends before"


def same(film: director_client.Project, graph: dict[str, Any]) -> bool:
    """Whether a client's copy is what the studio says."""
    nodes = {n["id"]: (n["pos"], n["data"], n.get("text", {})) for n in graph["nodes"]}
    copy = {n.id: (list(n.pos), n.data, n.text) for n in film.graph.nodes.values()}
    return nodes == copy and film.graph.version == graph["version"]


async def kill(pid: int, chance: random.Random) -> float:
    await asyncio.sleep(chance.uniform(0.05, 0.5))
    os.kill(pid, signal.SIGKILL)
    return time.monotonic()


async def until(true: Any, within: float, what: str) -> None:
    try:
        async with asyncio.timeout(within):
            while not true():  # noqa: ASYNC110 - it is asked of several clients
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(what) from None


async def test_what_anybody_saw_is_stored_however_often_the_api_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Any
) -> None:
    # Twenty deaths in a minute: a supervisor in earnest would rightly wait between them.
    monkeypatch.setattr(processes_studio, "Supervisor", functools.partial(Supervisor, steady=0.0))
    # For the same reason clients in earnest would wait longer after each of the losses in a row.
    monkeypatch.setattr(connection, "STABLE_AFTER", 0.0)
    home, happened = tmp_path / "home", list[Event]()
    settings = Settings(home=home, port=free_port(), workers=0, log_level="warning")
    chance = random.Random(SEED)
    observed, stop = Observations(), asyncio.Event()
    away: list[float] = []
    async with contextlib.AsyncExitStack() as stack:
        studio = await stack.enter_async_context(running(settings, on_event=happened.append))
        url, token = studio.address.url, studio.address.token
        async with httpx.AsyncClient(
            base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60
        ) as client:
            made = await client.post("/api/v1/projects", json={"title": "Killed"})
            project = made.raise_for_status().json()["id"]
        editors, witnesses, tasks = [], [], []
        for number in range(4):
            film = await stack.enter_async_context(
                director_client.connect(url, token=token, project=project)
            )
            editors.append(Editor(f"editor{number}", film, observed, seed=SEED + number))
        for _ in range(2):
            witnesses.append(Witness(url, project, token, observed))
        tasks += [asyncio.create_task(witness.watch()) for witness in witnesses]
        tasks += [asyncio.create_task(editor.follow()) for editor in editors]
        work = [asyncio.create_task(editor.work(stop)) for editor in editors]
        await until(lambda: len(observed.acknowledged) > 20, 60, "Nobody could edit.")

        resumed = 0
        for number in range(1, KILLS + 1):
            before = len(observed.acknowledged)
            pid = studio.supervisor.pids["api"]
            assert pid is not None
            await until(
                lambda before=before: len(observed.acknowledged) > before,
                60,
                "It was not under load.",
            )
            killed_at = await kill(pid, chance)
            in_flight = sum(editor.film.unsent for editor in editors)
            resumed += in_flight
            # What was seen until now is there, whatever the next process does.
            seen_until_now = max(observed.transactions)
            log, graph = await rows(home, project)
            check(observed, log)
            assert len(log) >= seen_until_now
            await until(
                lambda number=number: all(len(e.came_back) >= number for e in editors),
                60,
                f"Not everybody came back after {number} kills: {happened[-2:]}",
            )
            away += [editor.came_back[-1] - killed_at for editor in editors]
            done = len(observed.acknowledged)
            await until(
                lambda done=done: len(observed.acknowledged) > done + 20,
                60,
                f"Nobody could edit after {number} kills.",
            )
        stop.set()
        async with asyncio.timeout(60):
            await asyncio.gather(*work)
        log, graph = await rows(home, project)
        check(observed, log)
        assert not any(editor.refused for editor in editors)
        labels = [row["label"] for row in log]
        sent = {label for editor in editors for label in editor.sent}
        assert sorted(labels) == sorted(sent), "each was stored exactly once"
        assert resumed > 0, "No transaction was ever unanswered when the process died."
        assert len({row["epoch"] for row in log}) >= KILLS, "each process has an epoch of its own"
        assert not [gap for witness in witnesses for gap in witness.gaps]
        await until(
            lambda: all(e.film.graph.version == graph["version"] for e in editors),
            60,
            "Not at rest",
        )
        await until(
            lambda: all(w.version == graph["version"] for w in witnesses), 60, "Not at rest"
        )
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as client:
            answer = await client.get(f"{url}/api/v1/projects/{project}/graph")
        final = answer.raise_for_status().json()
        assert final["version"] == len(log)
        for editor in editors:
            assert same(editor.film, final), editor.name
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    deaths = [event for event in happened if (event.child, event.kind) == ("api", "died")]
    assert len(deaths) == KILLS
    record_property("away_median_s", round(statistics.median(away), 2))
    record_property("unanswered_at_death", resumed)
    print(
        f"{KILLS} kills, {len(log)} transactions, {resumed} unanswered at the moment of death, "
        f"{len(observed.transactions)} on the wire; away: median {statistics.median(away):.2f} s, "
        f"longest {max(away):.2f} s"
    )


@pytest.mark.parametrize("victim", ["PostgreSQL", "Valkey"])
async def test_a_server_dies_under_people_s_hands_and_they_go_on(
    tmp_path: Path, victim: str
) -> None:
    home = tmp_path / "home"
    settings = Settings(home=home, port=free_port(), workers=0, log_level="warning")
    observed, stop = Observations(), asyncio.Event()
    async with contextlib.AsyncExitStack() as stack:
        studio = await stack.enter_async_context(running(settings))
        url, token = studio.address.url, studio.address.token
        async with httpx.AsyncClient(
            base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60
        ) as client:
            made = await client.post("/api/v1/projects", json={"title": "Killed"})
            project = made.raise_for_status().json()["id"]
        editors = []
        for number in range(3):
            film = await stack.enter_async_context(
                director_client.connect(url, token=token, project=project)
            )
            editors.append(Editor(f"editor{number}", film, observed, seed=SEED + number))
        witness = Witness(url, project, token, observed)
        tasks = [asyncio.create_task(witness.watch())]
        work = [asyncio.create_task(editor.work(stop)) for editor in editors]
        api = studio.supervisor.pids["api"]
        longest = 0.0
        for _ in range(3):
            done = len(observed.acknowledged)
            await until(lambda done=done: len(observed.acknowledged) > done + 50, 60, "No load.")
            pid = studio.supervisor.pids[victim]
            assert pid is not None
            killed_at = await kill(pid, random.Random(SEED))
            # Wait until it is there again: what is acknowledged then was stored by the new one.
            await until(
                lambda pid=pid: studio.supervisor.pids[victim] not in (None, pid), 20, "Not back."
            )
            done = len(observed.acknowledged)
            await until(
                lambda done=done: len(observed.acknowledged) > done + 20, 20, "Nobody goes on."
            )
            longest = max(longest, time.monotonic() - killed_at)
        stop.set()
        async with asyncio.timeout(60):
            await asyncio.gather(*work)
        log, graph = await rows(home, project)
        check(observed, log)
        sent = {label for editor in editors for label in editor.sent}
        assert sorted(row["label"] for row in log) == sorted(sent), "each was stored exactly once"
        await until(
            lambda: all(e.film.graph.version == graph["version"] for e in editors),
            60,
            "Not at rest",
        )
        await until(lambda: witness.version == graph["version"], 60, "Not at rest")
        assert not witness.gaps
        assert studio.supervisor.pids["api"] == api, "The API lives through it."
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    print(f"{victim}: {len(log)} transactions, longest pause {longest:.1f} s")
