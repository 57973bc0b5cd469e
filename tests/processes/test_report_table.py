"""Tables of the command line: whatever the width, no word is cut and none is broken."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from app.processes.report_table import Cell, print_report

HEADINGS = ("Part", "State", "What was seen", "What to do")
ROWS = [
    ("function_runner: manifests", Cell("not configured", "dim"),
     "Set DIRECTOR_PLUGIN_FUNCTION_RUNNER__MANIFESTS to a folder of manifests.", ""),
    ("address", Cell("degraded", "yellow"), "http://127.0.0.1:8700 is free, but not safe.",
     "Set DIRECTOR_SECURE_COOKIES=true. [bold]This is no markup[/bold]."),
]  # fmt: skip


@pytest.mark.parametrize("width", [20, 40, 60, 79, 80, 90, 100, 120, 200])
def test_every_word_is_whole(width: int) -> None:
    printed = io.StringIO()
    print_report(Console(file=printed, width=width), HEADINGS, ROWS)
    output = printed.getvalue()
    assert "…" not in output
    for row in ROWS:
        for cell in row:
            for word in (cell.text if isinstance(cell, Cell) else cell).split():
                assert word in output, (width, word)


def test_a_wide_terminal_has_a_table_and_a_narrow_one_a_list() -> None:
    printed = io.StringIO()
    print_report(Console(file=printed, width=200), HEADINGS, ROWS)
    assert "┃ Part" in printed.getvalue()
    printed = io.StringIO()
    print_report(Console(file=printed, width=50), HEADINGS, ROWS)
    lines = printed.getvalue().splitlines()
    assert lines[0] == "function_runner: manifests"
    assert lines[1] == "  State: not configured"
    assert lines[2].startswith("  What was seen: Set DIRECTOR_PLUGIN_FUNCTION_RUNNER__MANIFESTS")
    assert "  What to do: " not in lines[3]
