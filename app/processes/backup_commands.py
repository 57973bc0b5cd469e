"""`director backup` and `director restore`: their options, and what they print in the end."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from .backups import BackupReport, RestoreReport

SHOWN = 10


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--keys",
    type=click.Path(path_type=Path),
    help="Another folder, for the studio's keys and passwords.",
)
@click.pass_obj
def backup(context: Any, folder: Path, keys: Path | None) -> None:
    """Back the whole studio up into a new folder, also while it runs."""
    from app.platform.telemetry import configure_logs

    from .backups import back_up

    configure_logs("error", context.settings.log_format, role="cli")
    report = asyncio.run(back_up(context.settings, folder.absolute(), keys and keys.absolute()))
    print_backup(report, folder)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--keys", type=click.Path(path_type=Path), help="The folder of the keys.")
@click.option("--check", is_flag=True, help="Only see whether the backup is whole.")
@click.pass_obj
def restore(context: Any, folder: Path, keys: Path | None, check: bool) -> None:
    """Make the studio of a backup, in an empty data folder."""
    from app.platform.telemetry import configure_logs

    from .backups import restore as make_studio

    configure_logs("error", context.settings.log_format, role="cli")
    report = asyncio.run(
        make_studio(context.settings, folder.absolute(), keys and keys.absolute(), check_only=check)
    )
    print_restored(report, check)


def print_backup(report: BackupReport, folder: Path) -> None:
    """Say what a backup holds, and what it cannot hold."""
    click.echo(f"{folder}: {report.files:,} files, {report.bytes:,} bytes.")
    if report.elsewhere:
        click.echo(
            f"The objects lie in the storage {report.elsewhere}, which has to be backed up itself: "
            "the backup names each by its SHA-256, and a restore looks for all of them."
        )
    if report.unchecked:
        click.echo(f"Whether it has all of them was not seen: {report.unchecked}")
    _print_names("The database names objects that the storage does not have", report.missing)
    _print_names("Objects are damaged in the studio itself", report.damaged)
    _print_names("Links and the like are not backed up", report.skipped)
    if not report.keys:
        click.echo(
            "The keys are not in it (--keys FOLDER). Restored without them, the studio makes new "
            "ones: everybody logs in again."
        )


def print_restored(report: RestoreReport, check_only: bool) -> None:
    """Say what was restored, or that a backup is whole."""
    what = f"{report.files:,} files, {report.bytes:,} bytes, of {report.created_at:%Y-%m-%d %H:%M}"
    if check_only:
        click.echo(f"The backup is whole: {what} UTC.")
        return
    click.echo(f"Restored: {what} UTC. Start the studio with `director up`.")
    if not report.keys:
        click.echo("It gets new keys: everybody logs in again.")


def _print_names(sentence: str, names: list[str]) -> None:
    if names:
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        click.echo(f"{sentence}: {', '.join(names[:SHOWN])}{more}.")
