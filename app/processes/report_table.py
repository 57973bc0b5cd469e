"""Prints rows about named parts so that no name and no word of them is ever cut.

As a table where every word fits into its column, else one part below the other: what stands in
these cells is copied (variables, addresses, distributions).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

# The frame of a table, for each column and at its right.
FRAME = 3


class Cell(msgspec.Struct, frozen=True):
    """A text of a row, and how it is coloured."""

    text: str
    style: str = ""


def print_report(
    console: Console, headings: Sequence[str], rows: Sequence[Sequence[str | Cell]]
) -> None:
    """Print rows under these headings; the first cell of a row is the part's name."""
    cells = [[one if isinstance(one, Cell) else Cell(one) for one in row] for row in rows]
    widths = [
        max(_longest_word(text) for text in (heading, *(row[column].text for row in cells)))
        for column, heading in enumerate(headings)
    ]
    if sum(widths) + FRAME * len(headings) + 1 > console.width:
        _print_blocks(console, headings, cells)
        return
    natural = [
        max(Text(text).cell_len for text in (heading, *(row[column].text for row in cells)))
        for column, heading in enumerate(headings)
    ]
    table = Table()
    room = console.width - FRAME * len(headings) - 1
    for heading, width in zip(headings, _fitted(widths, natural, room), strict=True):
        table.add_column(heading, width=width, overflow="fold")
    for row in cells:
        table.add_row(*(Text(cell.text, cell.style) for cell in row))
    console.print(table)


def _fitted(least: list[int], natural: list[int], room: int) -> list[int]:
    """Widths of at least `least`, and no more than `natural`, that share the room evenly."""
    widths = list(least)
    left = room - sum(widths)
    while left > 0 and widths != natural:
        growing = [i for i, width in enumerate(widths) if width < natural[i]]
        for i in growing:
            more = min(natural[i] - widths[i], max(1, left // len(growing)), left)
            widths[i] += more
            left -= more
    return widths


def _print_blocks(
    console: Console, headings: Sequence[str], rows: Sequence[Sequence[Cell]]
) -> None:
    for name, *cells in rows:
        console.print(Text(name.text, "bold"), soft_wrap=True)
        for heading, cell in zip(headings[1:], cells, strict=True):
            if cell.text:
                line = Text.assemble(f"  {heading}: ", (cell.text, cell.style))
                # The terminal breaks the line, so that what is copied is whole.
                console.print(line, soft_wrap=True)


def _longest_word(text: str) -> int:
    return max((Text(word).cell_len for word in text.split()), default=0)
