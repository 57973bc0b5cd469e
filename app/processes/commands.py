"""The commands of `director`: its own, and those that plugins bring."""

from __future__ import annotations

from importlib.metadata import entry_points

import click

from node_registry import DirectorError

# Entry points whose objects are commands of plugins.
GROUP = "director.commands"


class Commands(click.Group):
    """The studio's commands, and those of plugins (entry points in `GROUP`)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        own = super().list_commands(ctx)
        return sorted({*own, *(point.name for point in entry_points(group=GROUP))})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        for point in entry_points(group=GROUP, name=cmd_name):
            try:
                return point.load()
            except Exception as error:
                raise DirectorError(
                    "plugin.failed",
                    f"The command {cmd_name} cannot be loaded: {type(error).__name__}: {error}",
                    hint="`director plugins` says which plugin is at fault.",
                ) from error
        return None
