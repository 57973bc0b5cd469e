"""`director breakdown`: what is in a script, as a table for a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from app import script as rules
from app.script import Breakdown, Remark

from .make import read_script_file


def show(script: Path, *, as_json: bool, check: bool) -> int:
    """Print the breakdown of a file, or with `check` what is to be objected to in it; the exit
    status, 1 when that is something."""
    found = rules.break_down(rules.read_script(read_script_file(script), script.name))
    remarks = rules.supervise(found) if check else []
    if as_json:
        told = msgspec.to_builtins(remarks) if check else rules.to_json(found)
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif check:
        print_remarks(remarks, Console())
    else:
        print_breakdown(found, script.name, Console())
    return 1 if remarks else 0


def print_breakdown(found: Breakdown, name: str, out: Console) -> None:
    """The scenes, characters, places and problems of a script."""
    table = Table("Scene", "Heading", "Characters", "Shots", "Seconds", title=name)
    for scene in found.scenes:
        seconds = sum(shot.duration_estimate for shot in scene.shots)
        table.add_row(
            scene.code,
            scene.heading or "–",
            ", ".join(scene.characters),
            str(len(scene.shots)),
            f"{seconds:.0f}",
        )
    out.print(table)
    out.print("Characters: " + (", ".join(c.name for c in found.characters) or "none"))
    out.print("Places: " + (", ".join(location.name for location in found.locations) or "none"))
    for problem in found.problems:
        out.print(
            f"Line {problem.line}: {problem.message} {problem.hint}", style="yellow", markup=False
        )


def print_remarks(remarks: list[Remark], out: Console) -> None:
    """What a script supervisor would object to, a line each."""
    for remark in remarks:
        shots = ", ".join(remark.shots)
        out.print(
            f"Line {remark.line}, {remark.scene}, {shots}: {remark.message}",
            style="yellow", markup=False,
        )  # fmt: skip
    if not remarks:
        out.print("Nothing: sides and looks are kept, no cut jumps, every line has its time.")
