"""The word lists of the readers are data: in the wheel, read when they are first asked for."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from app.script import lexicon

WORDS = Path(lexicon.__file__).parent / "words"


@pytest.mark.parametrize("path", sorted(WORDS.glob("*.toml")), ids=lambda path: path.stem)
def test_a_list_names_no_word_twice(path: Path) -> None:
    for name, row in _rows(tomllib.loads(path.read_text(encoding="utf-8"))):
        listed = row.split()
        assert listed, name
        assert len(set(listed)) == len(listed), [w for w in listed if listed.count(w) > 1]


def test_importing_the_domain_reads_no_list() -> None:
    program = (
        "import app.script, app.script.lexicon as lexicon\n"
        "assert not lexicon._topic.cache_info().currsize\n"
        "app.script.read_script(b'INT. ROOM - DAY\\n\\nA lamp burns.\\n', 'a.fountain')\n"
        "assert lexicon._topic.cache_info().currsize\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def _rows(table: dict[str, object]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            found += _rows(value)
        else:
            assert isinstance(value, str)
            found.append((name, value))
    return found
