"""`director breakdown`: what is in a script, as a table for a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from app.script import Breakdown, Remark


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
