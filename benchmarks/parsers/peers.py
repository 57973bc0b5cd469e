"""What screenplain and screenplay-tools read in scripts: the peers of benchmarks/parsers.

Takes `{"cases": [[text, is_fdx], …]}` on its input and prints, for each reader, its version and the
readings of each script: `[kind, text, number]` for each paragraph, None where it cannot read it.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from screenplain import types
from screenplain.parsers import fountain
from screenplay_tools.fdx.parser import Parser as FdxParser
from screenplay_tools.fountain.parser import Parser as FountainParser
from screenplay_tools.screenplay import ElementType as Kind

Reading = tuple[str, str, str]

_KINDS = {
    Kind.TITLEENTRY: "title",
    Kind.ACTION: "action",
    Kind.DIALOGUE: "dialogue",
    Kind.LYRIC: "dialogue",
    Kind.PARENTHETICAL: "parenthetical",
    Kind.TRANSITION: "transition",
}


def by_screenplain(text: str, fdx: bool) -> list[Reading] | None:
    """What screenplain reads; it knows Fountain alone."""
    return None if fdx else list(_screenplain(text))


def _screenplain(text: str) -> Iterator[Reading]:
    for part in fountain.parse(io.StringIO(text)):
        match part:
            case types.Slug():
                yield "heading", str(part.line), str(part.scene_number or "")
            case types.Dialog():
                yield from _speech(part)
            case types.DualDialog():
                yield from _speech(part.left)
                yield from _speech(part.right)
            case types.Action():
                yield "action", "\n".join(map(str, part.lines)), ""
            case types.Transition():
                yield "transition", str(part.line), ""
            case _:
                pass  # sections and page breaks are no story


def _speech(speech: Any) -> Iterator[Reading]:
    yield "cue", str(speech.character), ""
    for aside, line in speech.blocks:
        yield ("parenthetical" if aside else "dialogue"), str(line), ""


def by_screenplay_tools(text: str, fdx: bool) -> list[Reading] | None:
    """What screenplay-tools reads."""
    if fdx:
        parser = FdxParser()
        parser.parse(text)
    else:
        parser = FountainParser()
        parser.add_text(text)
    script = parser.script
    found: list[Reading] = []
    for part in [*script.titleEntries, *script.elements]:
        if part.type is Kind.HEADING:
            found.append(("heading", part.text, part.scene_number or ""))
        elif part.type is Kind.CHARACTER:
            found.append(("cue", part.name, ""))
        elif part.type in _KINDS:
            found.append((_KINDS[part.type], part.text, ""))
    return found


def main() -> None:
    """Answer on the standard output, in JSON."""
    cases = json.load(sys.stdin)["cases"]
    readers = {"screenplain": by_screenplain, "screenplay-tools": by_screenplay_tools}
    answer = {
        name: {
            "version": version(name),
            "readings": [reader(text, fdx) for text, fdx in cases],
        }
        for name, reader in readers.items()
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
