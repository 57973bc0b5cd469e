"""The log: one fact is one line, whatever people wrote into it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

WRITE = """
import sys
from app.platform.telemetry import configure_logs, get_logger
configure_logs("info", sys.argv[1], role="api")
log = get_logger("test")
log.info("project.renamed", title="Fog\\n2026-12-01 [info] security kind=login.opened\\x1b[2J\\rx")
log.info("after\\nforged", name="\\u2028 forged")
"""


@pytest.mark.parametrize("form", ["text", "json"])
def test_nobody_forges_a_line_of_the_log(form: str) -> None:
    said = subprocess.run(
        [sys.executable, "-c", WRITE, form], capture_output=True, check=True, text=True
    )
    lines = said.stderr.rstrip("\n").split("\n")
    assert len(lines) == 2, lines
    assert not any(mark in said.stderr for mark in ("\r", "\x1b[2J"))
    if form == "json":
        assert [json.loads(line)["event"] for line in lines] == ["project.renamed", "after\nforged"]
