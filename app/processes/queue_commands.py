"""`director queue …`: what the studio of this machine makes, what waits and why; its controls."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from app.settings import Settings
from node_registry import DirectorError

from .studio_lock import running_studio

if TYPE_CHECKING:
    from .client import Api

Row = dict[str, Any]


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print workers and tasks as JSON.")
@click.pass_context
def queue(context: click.Context, as_json: bool) -> None:
    """Show what runs, what waits, why and about how long; and control it."""
    if context.invoked_subcommand is not None:
        return

    async def show(api: Api) -> None:
        workers, tasks = await _all(api, "/api/v1/workers"), await _all(api, "/api/v1/queue")
        if as_json:
            click.echo(json.dumps({"workers": workers, "tasks": tasks}, indent=2))
        else:
            print_queue(Console(), workers, tasks)

    _with_api(context, show)


@queue.command()
@click.argument("task", required=False)
@click.pass_context
def pause(context: click.Context, task: str | None) -> None:
    """Let a waiting task wait; without one, begin nothing more in the whole studio."""
    _with_api(context, lambda api: _change(api, "PUT", task, "pause"))


@queue.command()
@click.argument("task", required=False)
@click.pass_context
def resume(context: click.Context, task: str | None) -> None:
    """Let a paused task, or the queue of the studio, go on."""
    _with_api(context, lambda api: _change(api, "DELETE", task, "pause"))


@queue.command()
@click.argument("task", required=False)
@click.option("--all", "everything", is_flag=True, help="Cancel all tasks of the studio.")
@click.pass_context
def cancel(context: click.Context, task: str | None, everything: bool) -> None:
    """Cancel a task, or with --all everything that runs or waits."""
    if (task is None) is not everything:
        raise click.UsageError("Name one task, or give --all.")
    _with_api(context, lambda api: _change(api, "POST", task, "cancel"))


@queue.command()
@click.argument("task")
@click.argument("priority", type=click.Choice(["first", "normal", "last"]))
@click.pass_context
def move(context: click.Context, task: str, priority: str) -> None:
    """Let a waiting task be begun before all others of its person, among them, or after them."""
    value = {"first": "high", "normal": "normal", "last": "low"}[priority]

    async def change(api: Api) -> None:
        found = await _task(api, task)
        await api.call("PUT", f"/api/v1/tasks/{found}/priority", json={"priority": value})

    _with_api(context, change)


@queue.command()
@click.argument("worker")
@click.pass_context
def drain(context: click.Context, worker: str) -> None:
    """Let a worker finish what it runs, and take no more."""
    _with_api(context, lambda api: _drain(api, "PUT", worker))


@queue.command()
@click.argument("worker")
@click.pass_context
def undrain(context: click.Context, worker: str) -> None:
    """Let a drained worker take tasks again."""
    _with_api(context, lambda api: _drain(api, "DELETE", worker))


@queue.command()
@click.argument("worker")
@click.option("--project", help="The id of the project that the worker's card is kept for.")
@click.option("--backend", help="The backend, with its models, that the card is kept for.")
@click.pass_context
def keep(context: click.Context, worker: str, project: str | None, backend: str | None) -> None:
    """Keep a worker's card for a project, for a backend, or for both."""
    rule = {name: v for name, v in (("project_id", project), ("backend", backend)) if v}

    async def change(api: Api) -> None:
        found = await _worker(api, worker)
        await api.call("PUT", f"/api/v1/devices/{found['device_id']}/rule", json=rule)

    _with_api(context, change)


@queue.command()
@click.argument("worker")
@click.pass_context
def free(context: click.Context, worker: str) -> None:
    """Let a worker's card take everything again."""

    async def change(api: Api) -> None:
        found = await _worker(api, worker)
        await api.call("DELETE", f"/api/v1/devices/{found['device_id']}/rule")

    _with_api(context, change)


def print_queue(console: Console, workers: list[Row], tasks: list[Row]) -> None:
    """Workers, what runs, and what waits with its cause, each as a table."""
    from rich.table import Table
    from rich.text import Text

    running = [task for task in tasks if task["worker"]]
    waiting = [task for task in tasks if not task["worker"]]
    busy = {task["task_id"]: task for task in running}
    table = Table(title=f"Workers: {len(workers)}", title_justify="left")
    for heading in ("Worker", "Device", "Does"):
        table.add_column(heading, overflow="fold")
    for worker in workers:
        task = busy.get(worker["busy_with"] or "")
        does = f"Makes {_name(task)}." if task else "Is free."
        if worker["drained_by"]:
            does += f" Takes no more, by {worker['drained_by']}."
        if worker["kept_by"]:
            does += f" Is kept for {worker['kept_for']}, by {worker['kept_by']}."
        memory = worker["vram_bytes"] / 1e9
        device = f"{worker['device_name']}, {memory:.0f} GB" if memory else "CPU"
        table.add_row(*map(Text, (worker["name"], device, does)))
    console.print(table)
    if running:
        table = Table(title=f"Runs: {len(running)}", title_justify="left")
        for heading in ("Task", "What", "Quality", "For", "Since", "Left"):
            table.add_column(heading, overflow="fold")
        for task in running:
            expected = task["expected_seconds"]
            left = None if expected is None else max(0.0, expected - task["running_seconds"])
            cells = (_id(task), _name(task), task["tier"], task["person"])
            table.add_row(*map(Text, (*cells, _time(task["running_seconds"]), _time(left))))
        console.print(table)
    table = Table(title=f"Waits: {len(waiting)}", title_justify="left")
    for heading in ("", "Task", "What", "Quality", "For", "Begins in", "Why"):
        table.add_column(heading, overflow="fold")
    told = ""
    for task in sorted(waiting, key=lambda one: (one["position"] is None, one["position"])):
        why = f"{task['cause']} {task['hint']}".strip() or "Waits for a person's answer."
        # A queue that somebody paused says so once, and not in each of its lines.
        why, told = ("The same." if why == told else why), why
        cells = (str(task["position"] or ""), _id(task), _name(task), task["tier"], task["person"])
        table.add_row(*map(Text, (*cells, _time(task["expected_wait"]), why)))
    console.print(table)


def _name(task: Row) -> str:
    if not task["project"]:
        return "a task of another project"
    return f"{task['label']} ({task['project']})"


def _id(task: Row) -> str:
    # The first part of an id is when it was made: tasks of one run have it in common.
    return task["task_id"][-8:]


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "not known"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


async def _change(api: Api, method: str, task: str | None, what: str) -> None:
    if task is None:
        await api.call(method, f"/api/v1/queue/{what}")
    else:
        await api.call(method, f"/api/v1/tasks/{await _task(api, task)}/{what}")


async def _drain(api: Api, method: str, worker: str) -> None:
    found = await _worker(api, worker)
    await api.call(method, f"/api/v1/workers/{found['id']}/drain")


async def _task(api: Api, given: str) -> str:
    """The id of a task by its id, or the end of it."""
    found = [t["task_id"] for t in await _all(api, "/api/v1/queue") if t["task_id"].endswith(given)]
    if len(found) != 1:
        raise DirectorError(
            "task.not_found" if not found else "task.ambiguous",
            f"{'No' if not found else 'More than one'} task in the queue ends in {given[:40]!r}.",
            hint="`director queue` lists them.",
            status=404,
        )
    return found[0]


async def _worker(api: Api, name: str) -> Row:
    """A worker by its name or its id."""
    for worker in await _all(api, "/api/v1/workers"):
        if name in (worker["name"], worker["id"], worker["device_id"]):
            return worker
    raise DirectorError(
        "worker.not_found",
        f"There is no worker {name[:80]!r}.",
        hint="`director queue` lists them.",
        status=404,
    )


async def _all(api: Api, path: str) -> list[Row]:
    rows: list[Row] = []
    params: dict[str, Any] = {"limit": 500}
    while True:
        page = await api.call("GET", path, params=params)
        rows += page["items"]
        if page["next_cursor"] is None:
            return rows
        params["cursor"] = page["next_cursor"]


def _with_api(context: click.Context, work: Callable[[Api], Awaitable[None]]) -> None:
    # Every command of `director` loads this module.
    from app.platform.telemetry import configure_logs

    from .client import connected

    settings: Settings = context.obj.settings
    configure_logs("error", settings.log_format, role="cli")

    async def run() -> None:
        address = await running_studio(settings.home)
        if address is None:
            raise DirectorError(
                "studio.not_running",
                "No studio runs on this data folder, so nothing is queued in it.",
                hint="Start it with `director up`, or name its folder with --home.",
            )
        # Every process of a studio loads the commands, and few speak to the API.

        async with connected(address) as api:
            await work(api)

    asyncio.run(run())
