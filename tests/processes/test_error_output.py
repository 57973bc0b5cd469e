"""Why a process ended: said in two lines, and read from its log by the one that started it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.processes.child import Child, ChildProcess
from app.processes.error_output import error_in_log, print_error
from node_registry import DirectorError

LONG = "A sentence that is longer than a terminal is wide, " * 8 + "has no end."


@pytest.mark.parametrize(
    "error",
    [
        DirectorError("database.unreachable", "PostgreSQL did not answer.", hint="Start it."),
        DirectorError("database.unreachable", LONG, hint=LONG),
        DirectorError("a.b", "No hint."),
        DirectorError("a.b", "With\na break.", hint="And [red]a[/red]\n\nsecond."),
    ],
)
def test_what_is_printed_is_read_again(error, capsys) -> None:
    print_error(error)
    printed = capsys.readouterr().err
    assert len(printed.splitlines()) == (2 if error.hint else 1)
    found = error_in_log(f"2026-11-30T10:05:43Z [info] api.starting role=api\n{printed}")
    assert found is not None
    assert (found.code, found.message) == (error.code, " ".join(error.message.split()))
    assert found.hint == " ".join(error.hint.split())


@pytest.mark.parametrize(
    "log",
    ["", "2026-11-30 [info] api.ready address=http://127.0.0.1", "Traceback:\nKeyError: 'a.b'",
     "a.b An error.\n2026-11-30T10:05:43Z [info] it went on"],
)  # fmt: skip
def test_a_log_that_ends_otherwise_holds_no_error(log: str) -> None:
    assert error_in_log(log) is None


def test_the_end_of_a_log_begins_with_a_whole_line(tmp_path: Path) -> None:
    async def ready() -> bool:
        return True

    log = tmp_path / "child.log"
    log.write_text("".join(f"line {n} {'x' * 90}\n" for n in range(1000)))
    child = ChildProcess(Child(name="child", argv=["true"], log_path=log, ready=ready))
    lines = child.log_tail(1000).splitlines()
    assert len(lines) == 9
    assert all(line.startswith("line ") for line in lines)
