"""`director import-edit`: what an edited cut would change, for a terminal."""

from __future__ import annotations

from typing import Any

import click


def print_preview(preview: dict[str, Any]) -> bool:
    """Print a preview as the API gives it; whether there is anything to do."""
    for change in preview["changes"]:
        click.echo(f"{'  ' if change['applies'] else '! '}{change['message']}")
    for note in preview["notes"]:
        click.echo(f"! {note}")
    if not any(change["applies"] for change in preview["changes"]):
        click.echo("The film is as this cut has it: nothing to change.")
        return False
    before, after = preview["frames_before"], preview["frames"]
    click.echo(f"The film has {after} frames then; it has {before} now.")
    return True
