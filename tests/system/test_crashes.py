"""Whatever dies while a film is made, the film is made: one take for each shot, none overwritten.

A whole studio runs for this module, with short leases; its processes are killed or frozen in the
middle of runs. What is looked at is what people have: the film, the folder of renders, the rows.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import av
import httpx
import msgspec
import pytest
import uuid_utils

from app.processes.embedded import EmbeddedPostgres, runtime_folder
from app.processes.make import Film, MakeOptions, ProgressUpdate, make
from app.processes.studio import Studio, free_port, running
from app.processes.supervisor import Event
from app.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
STORY = """Title: {title}

EXT. HARBOUR - NIGHT

A boat drifts towards the mole. Its lamp is out.

ADA
Who is there?

Nobody answers. The fog eats the quay, then the lamps on it.

TOM
It is me. I have lost my oars.

INT. BOATHOUSE - LATER

Ada throws a rope over the beam. It holds.

ADA
Then sit down and row with your hands.

Tom laughs, and the stove laughs with him.
"""
SMALL = {"aspect_ratio": "16:9", "resolution": "320x180", "frame_rate": 24}

pytestmark = pytest.mark.system


class House(msgspec.Struct, frozen=True):
    """The studio of this module, what happened to its processes, and a place for scripts."""

    settings: Settings
    studio: Studio
    events: list[Event]
    work: Path
    client: httpx.AsyncClient


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("crashes")
    settings = Settings(
        home=folder / "home", port=free_port(), workers=2, lease_seconds=3, log_level="warning"
    )
    events: list[Event] = []
    async with running(settings, on_event=events.append) as studio:
        token = {"Authorization": f"Bearer {studio.address.token}"}
        async with httpx.AsyncClient(
            base_url=studio.address.url, headers=token, timeout=60
        ) as client:
            yield House(settings, studio, events, folder, client)


@contextlib.asynccontextmanager
async def rows(home: Path) -> AsyncIterator[asyncpg.Connection]:
    """The studio's database, as its owner sees it."""
    connection = await asyncpg.connect(EmbeddedPostgres(home, runtime_folder(home)).url())
    try:
        yield connection
    finally:
        await connection.close()


def write(house: House, name: str) -> MakeOptions:
    """A script of its own, so that it gets a project and takes of its own."""
    script = house.work / f"{name}.fountain"
    script.write_text(STORY.format(title=name))
    return MakeOptions(script=script, output=house.work / f"{name}.mp4", resolution="320x180")


async def make_and(house: House, wishes: MakeOptions, harm: Callable[[], Awaitable[None]]) -> Film:
    """Make a film; do harm when something of it has ended and more remains."""
    middle = asyncio.Event()

    def report(update: ProgressUpdate) -> None:
        if update.total and 1 <= update.done < update.total - 1:
            middle.set()

    making = asyncio.create_task(make(house.settings, wishes, report))
    waiting = asyncio.create_task(middle.wait())
    await asyncio.wait({making, waiting}, return_when=asyncio.FIRST_COMPLETED)
    assert not making.done(), await making
    await harm()
    async with asyncio.timeout(60):
        return await making


def renders(home: Path, project: str) -> dict[str, str]:
    """The renders of a project and the digest of each, by their paths."""
    top = home / "workspace" / "Projects" / project / "03_Renders"
    found = {str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*.mp4")}
    return {name: hashlib.sha256(data).hexdigest() for name, data in found.items()}


async def folder_name(home: Path, project_id: str) -> str:
    async with rows(home) as connection:
        found = "SELECT folder FROM projects WHERE id = $1"
        return await connection.fetchval(found, UUID(project_id))


async def check(home: Path, film: Film, before: dict[str, str] | None = None) -> None:
    """The film is whole; each task has one take; what lies in the folder is what was recorded."""
    with av.open(film.output) as container:
        packets = [p for p in container.demux(video=0) if p.size]
    assert len(packets) == film.frames
    async with rows(home) as connection:
        tasks = await connection.fetch(
            """SELECT t.*, (SELECT count(*) FROM takes k WHERE k.task_id = t.id) AS takes
               FROM tasks t WHERE project_id = $1""",
            UUID(film.project_id),
        )
        takes = await connection.fetch(
            "SELECT * FROM takes WHERE project_id = $1", UUID(film.project_id)
        )
    assert {task["status"] for task in tasks} == {"succeeded"}
    assert {task["takes"] for task in tasks} == {1}, "exactly one take is accepted for a task"
    assert {task["take_id"] for task in tasks} == {take["id"] for take in takes}
    shots = [task for task in tasks if task["node_type"] == "film.shot"]
    assert len(shots) == len({task["node_id"] for task in shots}) == film.shots
    # Nobody counted an attempt that came to nothing: each is the first take of its shot.
    assert {(take["version"], take["number"]) for take in takes} == {(1, 1)}
    recorded = {
        output["media"]["digest"]
        for take in takes
        for output in msgspec.json.decode(take["outputs"])
    }
    found = renders(home, await folder_name(home, film.project_id))
    assert len(found) == film.shots
    assert set(found.values()) <= recorded
    # What lay there when it happened lies there still, byte for byte.
    assert before is None or before.items() <= found.items()


async def busy_worker(home: Path) -> tuple[int, UUID]:
    """The process of a worker that runs a task now, and the task."""
    async with rows(home) as connection:
        for _ in range(500):
            row = await connection.fetchrow(
                """SELECT w.device_id, t.id FROM tasks t JOIN workers w ON w.id = t.worker_id
                   WHERE t.status = 'running' AND t.node_type = 'film.shot'
                   ORDER BY t.started_at DESC LIMIT 1"""
            )
            if row is not None:
                return int(row["device_id"].rsplit(":", 1)[1]), row["id"]
            await asyncio.sleep(0.01)
    raise AssertionError("No worker took up a task.")


@pytest.mark.parametrize("victim", ["api", "Valkey", "PostgreSQL"])
async def test_a_server_is_killed(house: House, victim: str) -> None:
    async def kill() -> None:
        pid = house.studio.supervisor.pids[victim]
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    house.events.clear()
    film = await make_and(house, write(house, f"killed_{victim}"), kill)
    assert [e.child for e in house.events if e.kind == "died"] == [victim]
    assert [e.child for e in house.events if e.kind == "started"] == [victim]
    await check(house.settings.home, film)


async def test_a_worker_is_killed(house: House) -> None:
    home = house.settings.home
    seen: dict[str, Any] = {}

    async def kill() -> None:
        # The bar counts what is half done: wait for a first render that must not change.
        for _ in range(500):
            if renders(home, "killed-worker"):
                break
            await asyncio.sleep(0.01)
        pid, seen["task"] = await busy_worker(home)
        os.kill(pid, signal.SIGKILL)
        seen["before"] = renders(home, "killed-worker")

    film = await make_and(house, write(house, "killed_worker"), kill)
    assert await folder_name(home, film.project_id) == "killed-worker"
    assert seen["before"], "It was not the middle of a run."
    await check(home, film, seen["before"])
    async with rows(home) as connection:
        attempt = await connection.fetchval("SELECT attempt FROM tasks WHERE id = $1", seen["task"])
    assert attempt == 2


async def test_a_worker_is_frozen_and_wakes_too_late(house: House) -> None:
    home = house.settings.home
    seen: dict[str, Any] = {}

    async def freeze() -> None:
        seen["pid"], seen["task"] = await busy_worker(home)
        os.kill(seen["pid"], signal.SIGSTOP)

    try:
        film = await make_and(house, write(house, "frozen"), freeze)
    finally:
        os.kill(seen["pid"], signal.SIGCONT)
    await check(home, film)
    found = renders(home, "frozen")
    async with rows(home) as connection:
        for _ in range(300):
            late = await connection.fetch(
                "SELECT attempt FROM task_events WHERE task_id = $1 AND kind = 'late'", seen["task"]
            )
            if late:
                break
            await asyncio.sleep(0.05)
    assert [row["attempt"] for row in late] == [1], "It is counted that it came too late."
    await check(home, film, found)
    lines = "".join(path.read_text() for path in (home / "logs").glob("worker-*.log")).splitlines()
    assert any("run.came_too_late" in line and str(seen["task"]) in line for line in lines)


async def wait_for_run(house: House, run_id: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            run = (await house.client.get(f"/api/v1/runs/{run_id}")).raise_for_status().json()
            if run["run"]["status"] != "running":
                return run["run"]
            await asyncio.sleep(0.05)


async def post(house: House, path: str, body: Any = None) -> Any:
    answer = await house.client.post(f"/api/v1{path}", json=body)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


async def test_a_run_is_cancelled_and_a_task_tried_again(house: House) -> None:
    made = await post(house, "/projects", {"title": "Cancelled", "settings": SMALL})
    project = made["id"]
    script = STORY.format(title="Cancelled").encode()
    answer = await house.client.post(f"/api/v1/projects/{project}/scripts", content=script)
    wanted = {"targets": [answer.raise_for_status().json()["assembly"]]}
    run = await post(house, f"/projects/{project}/runs", wanted)
    await busy_worker(house.settings.home)
    assert (await post(house, f"/runs/{run['id']}/cancel"))["tasks"] > 1
    run = await wait_for_run(house, run["id"])
    assert run["status"] == "cancelled"
    assert {task["status"] for task in run["tasks"]} <= {"cancelled", "succeeded"}

    cancelled = [task for task in run["tasks"] if task["status"] == "cancelled"]
    shot = next(task for task in cancelled if task["node_type"] == "film.shot")
    await post(house, f"/tasks/{shot['id']}/retry")
    run = await wait_for_run(house, run["id"])
    again = next(task for task in run["tasks"] if task["id"] == shot["id"])
    assert (again["status"], again["error"]) == ("succeeded", None)
    assert again["attempt"] > shot["attempt"]
    refused = await house.client.post(f"/api/v1/tasks/{shot['id']}/retry")
    assert (refused.status_code, refused.json()["code"]) == (409, "task.not_over")

    rest = await post(house, f"/projects/{project}/runs", wanted)
    rest = await wait_for_run(house, rest["id"])
    assert rest["status"] == "succeeded"
    assert shot["node_id"] not in {task["node_id"] for task in rest["tasks"]}


def node(kind: str, **data: Any) -> dict[str, Any]:
    return {"op": "node.add", "id": str(uuid_utils.uuid7()), "type": f"film.{kind}", "data": data}


def edge(source: dict[str, Any], out: str, target: dict[str, Any], into: str) -> dict[str, Any]:
    return {
        "op": "edge.add", "id": str(uuid_utils.uuid7()), "source": source["id"],
        "source_socket": out, "target": target["id"], "target_socket": into,
    }  # fmt: skip


async def test_a_loop_makes_as_many_takes_and_a_condition_leaves_one_way_out(house: House) -> None:
    made = await post(house, "/projects", {"title": "Loops", "settings": SMALL})
    project = f"/projects/{made['id']}"
    times, turn = node("loop", count=3), node("shot", code="010", duration_estimate=0.5)
    yes = node("shot", code="020", duration_estimate=0.5)
    no = node("shot", code="030", duration_estimate=0.5)
    which, larger = node("conditional", condition=False), node("upscale")
    await post(
        house,
        f"{project}/graph/operations",
        {
            "ops": [
                *(times, turn, yes, no, which, larger),
                edge(times, "index", turn, "prompt"),
                edge(yes, "video", which, "if_true"),
                edge(no, "video", which, "if_false"),
                edge(which, "result", larger, "video"),
            ]
        },
    )
    wanted = {"targets": [turn["id"], larger["id"]]}
    run = await wait_for_run(house, (await post(house, f"{project}/runs", wanted))["id"])
    assert run["status"] == "succeeded", [task["error"] for task in run["tasks"]]
    assert {task["node_id"] for task in run["tasks"]} == {turn["id"], no["id"], larger["id"]}
    takes = (await house.client.get(f"/api/v1{project}/takes")).json()["items"]
    turns = [take for take in takes if take["node_id"] == turn["id"]]
    assert sorted(take["number"] for take in turns) == [1, 2, 3]
    assert sorted(take["iteration"] for take in turns) == ["0", "1", "2"]
    assert len({take["basis"] for take in turns}) == 3
    # The other way is taken now; the first is not asked for, and the loop has its takes already.
    other = {"op": "node.set", "id": which["id"], "values": {"data.condition": True}}
    await post(house, f"{project}/graph/operations", {"ops": [other]})
    run = await wait_for_run(house, (await post(house, f"{project}/runs", wanted))["id"])
    assert {task["node_id"] for task in run["tasks"]} == {yes["id"], larger["id"]}


async def test_the_command_itself_is_killed(tmp_path: Path) -> None:
    home, script, output = tmp_path / "home", tmp_path / "gone.fountain", tmp_path / "gone.mp4"
    script.write_text(STORY.format(title="Gone"))
    command = [
        *(sys.executable, "-m", "app.cli", "make", script, "-o", output),
        *("--resolution", "320x180", "--json"),
    ]
    environ = {k: v for k, v in os.environ.items() if not k.startswith("DIRECTOR_")}
    environ |= {"DIRECTOR_HOME": str(home), "DIRECTOR_LEASE_SECONDS": "3", "DIRECTOR_WORKERS": "2"}

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    killed = start()
    deadline = time.monotonic() + 60
    while len(before := renders(home, "gone")) < 2:
        assert killed.poll() is None, killed.communicate()
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    killed.kill()
    killed.communicate()
    deadline = time.monotonic() + 10
    while processes(home):
        assert time.monotonic() < deadline, processes(home)
        await asyncio.sleep(0.05)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["gone.fountain", "home"]

    async def again() -> dict[str, Any]:
        process = start()
        out, said = await asyncio.to_thread(process.communicate, timeout=60)
        assert process.returncode == 0, said
        return msgspec.json.decode(out)

    # Meanwhile a line was changed: the run that was begun is not what is wanted any more.
    script.write_text(STORY.format(title="Gone").replace("lost my oars", "sold my oars"))
    film = await again()
    assert film["shots"] >= 6
    # Nothing was missed: what was made is what the script now says.
    assert (await again())["made"] == 0
    found = renders(home, "gone")
    assert before.items() <= found.items()


def processes(home: Path) -> list[str]:
    """The processes that know this data folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        # A process may end while we look, or be somebody else's.
        with contextlib.suppress(OSError):
            text = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            if os.fsencode(home) in text:
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found
