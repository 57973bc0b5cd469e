"""The command line: director up, serve, worker, make, project, watch, plugins, doctor, …."""

from __future__ import annotations

import asyncio
import gc as garbage
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec
from rich.console import Console

from app.processes.backup_commands import backup, restore
from app.processes.commands import Commands
from app.processes.error_output import print_error
from app.processes.make_command import make
from app.processes.queue_commands import queue
from app.settings import Settings, read_settings
from node_registry import DirectorError

T = TypeVar("T")

STATE_STYLE = {
    "ok": "green",
    "not_configured": "dim",
    "degraded": "yellow",
    "failed": "red",
    "loaded": "green",
    "partial": "yellow",
}


class Context(msgspec.Struct):
    """What every command gets."""

    settings: Settings
    console: Console


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="movie-director", prog_name="director")
@click.option("--home", type=click.Path(path_type=Path), help="The studio's data folder.")
@click.pass_context
def director(context: click.Context, home: Path | None) -> None:
    """Movie Director: a script becomes a film."""
    settings = read_settings()
    if home is not None:
        settings = msgspec.structs.replace(settings, home=home.expanduser().absolute())
        # Plugins know the studio's folder by its variable alone.
        os.environ["DIRECTOR_HOME"] = str(settings.home)
    context.obj = Context(settings, Console(stderr=True))


@director.command()
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option("--host", help="The address to listen on; 127.0.0.1 is this machine alone.")
@click.option("--workers", type=click.IntRange(0, 64), help="CPU workers to start.")
@click.pass_obj
def up(context: Context, port: int | None, host: str | None, workers: int | None) -> None:
    """Start the whole studio, and keep it alive until Ctrl-C."""
    from app.platform.telemetry import configure_logs
    from app.processes.studio import running

    settings = _with(context.settings, port=port, host=host, workers=workers)
    configure_logs(settings.log_level, settings.log_format, role="studio")

    async def run() -> None:
        async with running(settings) as studio:
            out = Console()
            out.print(f"\n  The studio is open: [bold]{studio.address.url}[/bold]")
            if studio.setup_link:
                out.print(
                    "  It has no owner yet. This link makes you its owner, once:\n"
                    f"    [bold]{studio.setup_link}[/bold]",
                    soft_wrap=True,
                )
            out.print("  Ctrl-C stops it.\n")
            await studio.supervisor.wait()

    # Not uvloop: it starts child processes three times as slowly, and that is all there is to do.
    asyncio.run(run())


# Of a child that the studio starts before its servers are up; nobody else needs it.
standby_option = click.option(
    "--standby", is_flag=True, hidden=True, help="Load, then wait for the start signal."
)


@director.command()
@standby_option
@click.pass_obj
def serve(context: Context, standby: bool) -> None:
    """Run the API alone (its servers and workers are elsewhere)."""
    from app.processes.api import run_api
    from app.processes.standby import wait_for_start

    run_api(context.settings, wait_for_start if standby else None)


@director.command()
@click.option(
    "--gpu",
    help="The UUID of the card to work on, or `auto` for the only one; without it, a CPU slot.",
)
@click.option("--slot", type=int, default=0, help="The number of the CPU slot.")
@click.option(
    "--drain",
    type=click.FloatRange(0, 86_400),
    default=8.0,
    show_default=True,
    help="Seconds to finish the task in hand after SIGTERM; then it is given back.",
)
@standby_option
@click.pass_obj
def worker(context: Context, gpu: str | None, slot: int, drain: float, standby: bool) -> None:
    """Run one worker. It ends by SIGTERM, or by SIGUSR1 once it is free."""
    from app.processes.standby import wait_for_start
    from app.processes.worker import run_worker

    if standby:
        wait_for_start()
    _run(run_worker(context.settings, gpu_uuid=gpu, slot=slot, drain=drain))


director.add_command(make)


@director.command()
@click.argument("script", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the breakdown as JSON.")
@click.option("--check", is_flag=True, help="Say what a script supervisor would object to.")
@click.pass_obj
def breakdown(context: Context, script: Path, as_json: bool, check: bool) -> None:
    """Show the scenes, shots, characters and places of a script. Needs no studio."""
    from app.processes.breakdown_report import show

    sys.exit(show(script, as_json=as_json, check=check))


@director.command()
@click.pass_obj
def migrate(context: Context) -> None:
    """Bring the database of DIRECTOR_DATABASE_URL up to date."""
    from app.processes.migrate import migrate as bring_up_to_date
    from app.processes.secrets import database_passwords

    settings = context.settings
    if settings.database_url is None:
        raise DirectorError(
            "database.not_configured",
            "There is no DIRECTOR_DATABASE_URL: the studio's own database is brought up to date "
            "by `director up` itself.",
        )
    done = _run(bring_up_to_date(settings.database_url, database_passwords(settings.home)))
    for name in done:
        click.echo(name)
    click.echo(f"{len(done)} migrations were run." if done else "The database is up to date.")


@director.group()
def users() -> None:
    """The people of the studio."""


@users.command()
@click.argument("email")
@click.pass_obj
def reset(context: Context, email: str) -> None:
    """Print a one-time link with which somebody who is locked out sets a new password."""
    from app.platform.telemetry import configure_logs
    from app.processes.reset import reset_link

    configure_logs("error", context.settings.log_format, role="cli")
    click.echo(_run(reset_link(context.settings, email)))


@director.command()
@click.option("--dry-run", is_flag=True, help="Only count what would be removed.")
@click.pass_obj
def gc(context: Context, dry_run: bool) -> None:
    """Pack the projects' histories, and remove stored files that nothing names any more; the studio
    does so once a day."""
    from app.platform.telemetry import configure_logs
    from app.processes.api_commands import collect

    configure_logs("error", context.settings.log_format, role="cli")
    found = asyncio.run(collect(context.settings, dry_run))
    word = "would be removed" if dry_run else "were removed"
    click.echo(f"{found['files']} files ({found['bytes']:,} bytes) {word}.")
    click.echo(f"{found['named']} are in use, {found['young']} are younger than the time of grace.")
    if not dry_run:
        click.echo(f"The projects' histories are {found['repository_bytes']:,} bytes smaller.")


@director.command("export")
@click.argument("project", required=False)
@click.option("--to", "to", help="The format; without it, all formats are listed.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file.")
@click.pass_obj
def export_cut(context: Context, project: str | None, to: str | None, output: Path | None) -> None:
    """Write the cut of a project (its id, or its title) for editors' programs."""
    from app.platform.telemetry import configure_logs
    from app.processes import api_commands

    configure_logs("error", context.settings.log_format, role="cli")
    if project is None or to is None:
        for spec in asyncio.run(api_commands.list_exporters(context.settings)):
            click.echo(f"{spec['name']:<10} .{spec['extension']:<8} {spec['title']}")
        return
    click.echo(asyncio.run(api_commands.export_cut(context.settings, project, to, output)))


@director.command("import-edit")
@click.argument("project")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option("--dry-run", is_flag=True, help="Only show what it would change.")
@click.pass_obj
def import_edit(context: Context, project: str, file: Path, yes: bool, dry_run: bool) -> None:
    """Bring an edited cut (OTIO, EDL, FCPXML, Final Cut 7 XML, MLT) back into a project."""
    from app.platform.telemetry import configure_logs
    from app.processes import api_commands, edit_report

    configure_logs("error", context.settings.log_format, role="cli")

    def confirm(preview: dict[str, Any]) -> bool:
        changes = edit_report.print_preview(preview)
        return changes and not dry_run and (yes or click.confirm("Change the film?"))

    done = asyncio.run(api_commands.import_edit(context.settings, project, file, confirm))
    if done is not None:
        click.echo(f"Done, as version {done['version']} of the canvas. Undo takes it back.")


director.add_command(backup)
director.add_command(restore)


@director.group()
def project() -> None:
    """Whole projects as files."""


@project.command("export")
@click.argument("project")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file; a .zip.")
@click.pass_obj
def export_project(context: Context, project: str, output: Path | None) -> None:
    """Write a project (its id, or its title) with all its media to one file."""
    from app.platform.telemetry import configure_logs
    from app.processes.api_commands import export_project as export

    configure_logs("error", context.settings.log_format, role="cli")
    click.echo(asyncio.run(export(context.settings, project, output)))


@project.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--title", default="", help="The new project's title; else as it was.")
@click.pass_obj
def import_project(context: Context, file: Path, title: str) -> None:
    """Make a project of an exported one. What was generated is there, and not generated again."""
    from app.platform.telemetry import configure_logs
    from app.processes.api_commands import import_project as bring

    configure_logs("error", context.settings.log_format, role="cli")
    made = asyncio.run(bring(context.settings, file, title))
    click.echo(f"{made['title']}: {made['id']}")


@project.command("open")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", default="", help="A new project's title; else that of the folder.")
@click.pass_obj
def open_project(context: Context, folder: Path, title: str) -> None:
    """Open a folder that `git clone` made: as the project that it is of, or as a new one."""
    from app.platform.telemetry import configure_logs
    from app.processes.api_commands import open_folder

    configure_logs("error", context.settings.log_format, role="cli")
    found, new = asyncio.run(open_folder(context.settings, folder.absolute(), title))
    said = "is a new project of this studio" if new else "is a project of this studio already"
    click.echo(f"{found['title']} {said}: {found['id']}")


director.add_command(queue)


@director.command()
@click.option("--json", "as_json", is_flag=True, help="Print the reports as JSON.")
@click.pass_obj
def plugins(context: Context, as_json: bool) -> None:
    """List the installed plugins: what each brings, or why it could not be loaded."""
    from app.platform.plugins import load_plugins
    from app.platform.telemetry import configure_logs
    from app.processes.report_table import Cell, print_report

    configure_logs("error", context.settings.log_format, role="cli")
    loaded = load_plugins("api")
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(loaded.reports)).decode())
        return
    rows = [
        (
            report.name,
            f"{report.distribution} {report.version}",
            Cell(report.state, STATE_STYLE[report.state]),
            "; ".join([", ".join(report.brings()), *report.errors]).strip("; "),
        )
        for report in loaded.reports
    ]
    print_report(Console(), ("Plugin", "Version", "State", "Brings"), rows)


@director.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_obj
def doctor(context: Context, as_json: bool) -> None:
    """Say of each part whether it works, and how to mend it."""
    from app.platform.plugins import load_plugins
    from app.platform.telemetry import configure_logs
    from app.processes.doctor import diagnose, worst
    from app.processes.report_table import Cell, print_report

    configure_logs("error", context.settings.log_format, role="cli")
    loaded = load_plugins("api")
    found = _run(diagnose(context.settings, plugins=loaded))
    state = worst(found)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found)).decode())
    else:
        rows = [
            (
                part.part,
                Cell(part.state.replace("_", " "), STATE_STYLE[part.state]),
                part.message,
                part.remedy,
            )
            for part in found
        ]
        print_report(Console(), ("Part", "State", "What was seen", "What to do"), rows)
    sys.exit(1 if state == "failed" else 0)


@director.command()
@click.argument("project")
@click.option("--json", "as_json", is_flag=True, help="Print each event as a line of JSON.")
@click.option("--url", help="A studio on another machine.")
@click.option("--email", help="Who you are there; the password is asked for.")
@click.pass_obj
def watch(
    context: Context, project: str, as_json: bool, url: str | None, email: str | None
) -> None:
    """Follow a project (its id, or its title) until Ctrl-C: people, changes, what is made."""
    from app.processes.watch import watch as follow

    password = click.prompt("Password", hide_input=True, err=True) if url and email else None
    _run(
        follow(context.settings, project, as_json=as_json, url=url, email=email, password=password)
    )


def _with(settings: Settings, **given: Any) -> Settings:
    return msgspec.structs.replace(
        settings, **{name: value for name, value in given.items() if value is not None}
    )


def _run(work: Coroutine[Any, Any, T]) -> T:
    if sys.platform != "win32":
        import uvloop

        return uvloop.run(work)
    return asyncio.run(work)


def main(run: Callable[..., Any] = director) -> None:
    """The program. An error of ours is a sentence on standard error, and status 1.

    A signal that ends the work gives the status that shells expect, 128 and its number.
    """
    # Loading code makes hundreds of thousands of objects that stay. By default the collector looks
    # through all of them again and again for garbage, for a seventh of the time of a start.
    garbage.set_threshold(200_000, 20, 20)
    # A script's background job inherits SIGINT as ignored; it ends a command all the same.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        status = run(standalone_mode=False)
    except DirectorError as error:
        print_error(error)
        status = int(str(error.fields.get("exit_status", 1)))
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        status = 130
    except Exception as error:
        # Imported only now: most commands need no database driver.
        from app.platform.disk import no_room

        full = no_room(error)
        if full is None:
            raise
        print_error(full)
        status = 1
    # Before it ends, the interpreter looks through all that is loaded for garbage, several times:
    # a fifth of a second for nothing, since the memory is given back anyway. What is set aside
    # is not looked at.
    garbage.freeze()
    sys.exit(status)


if __name__ == "__main__":
    main()
