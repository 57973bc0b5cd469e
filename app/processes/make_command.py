"""`director make`: its options, its progress bar, and what it says of the film."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
import msgspec
from rich.console import Console

from app.settings import Settings


@click.command()
@click.argument("script", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The film; an .mp4 file.")
@click.option("--resolution", default="1280x720", show_default=True, help="WIDTHxHEIGHT.")
@click.option("--rate", default="24", show_default=True, help="24, 25, 23.976, 29.97 DF, …")
@click.option(
    "--quality",
    type=click.Choice(["low", "standard", "high"]),
    default="high",
    show_default=True,
    help="The tier that shots are made in.",
)
@click.option("--title", help="The film's title; else the script's own.")
@click.option(
    "--voices/--no-voices",
    default=None,
    help="Let the animatic speak its lines, by a voice engine of this machine.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
@click.pass_context
def make(
    context: click.Context,
    script: Path,
    output: Path | None,
    resolution: str,
    rate: str,
    quality: str,
    title: str | None,
    voices: bool | None,
    as_json: bool,
) -> None:
    """Make a film of a script. What was made before and still holds is reused."""
    from node_registry.film import read_format
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from app.platform.telemetry import configure_logs

    from .make import Film, MakeOptions, ProgressUpdate
    from .make import make as make_film

    settings: Settings = context.obj.settings
    console: Console = context.obj.console

    # The bar is what people look at; what goes wrong is said in the end.
    configure_logs("error", settings.log_format, role="make")
    read_format(resolution, rate)
    options = MakeOptions(
        script=script,
        output=(output or Path(f"{script.stem}.mp4")).absolute(),
        resolution=resolution.lower(),
        frame_rate=rate,
        quality=quality,
        title=title,
        voices=voices,
    )
    columns = (
        TextColumn("{task.description:<28.28}"),
        BarColumn(bar_width=32),
        TextColumn("{task.fields[count]:>9}"),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[step]}", style="dim"),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        row = bar.add_task(script.name, total=None, count="", step="")

        def on_progress(update: ProgressUpdate) -> None:
            count = f"{int(update.done)}/{update.total}" if update.total else ""
            bar.update(
                row,
                completed=update.done,
                total=update.total or None,
                count=count,
                step=update.step[:60],
            )

        film: Film = asyncio.run(make_film(settings, options, on_progress))
    if as_json:
        click.echo(msgspec.json.encode(film).decode())
        return
    for note in film.notes:
        console.print(note, markup=False, soft_wrap=True)
    for change in film.changes:
        console.print(f"  {change}", markup=False)
    for label, reasons in film.reasons.items():
        if reasons != ["It has no take yet."]:
            console.print(f"  {label}: {' '.join(reasons)}", markup=False)
    console.print(
        f"[bold]{film.output}[/bold]: {_clock(film.seconds)} ({film.frames} frames), "
        f"{film.scenes} scenes, {film.shots} shots. "
        f"{film.made + film.reused} steps: {film.made} made, {film.reused} reused.",
        soft_wrap=True,
    )


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
