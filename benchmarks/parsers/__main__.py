"""What our reader makes of what readers of scripts get wrong, beside screenplain and
screenplay-tools, as a table in Markdown.

Run: python -m benchmarks.parsers [FOLDER]
With a folder, its .fountain and .fdx files are read too, and what the three read differently is
listed. Exits with 1 where ours is wrong. Needs uv, which fetches the peers into an environment of
their own.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from app.script import break_down, read_script
from app.script.cues import read_cue
from app.script.model import Element, Script
from node_registry import DirectorError

HERE = Path(__file__).parent
PEERS = ("screenplain>=0.12", "screenplay-tools>=0.0.10")
KINDS = {
    "heading": "heading",
    "action": "action",
    "centered": "action",
    "shot": "action",
    "character": "cue",
    "parenthetical": "parenthetical",
    "dialogue": "dialogue",
    "lyrics": "dialogue",
    "transition": "transition",
}
Readings = list[str] | None


class Case(msgspec.Struct, frozen=True):
    """A snippet of one kind of fault: what a person reads in it, and its places and times."""

    point: int
    kind: str
    script: str
    reads: list[str]
    parts: list[str] = []
    fdx: bool = False

    @property
    def text(self) -> str:
        """The whole file. A title page comes first, so that FADE IN: cannot be taken for one."""
        if self.fdx:
            return f'<FinalDraft DocumentType="Script" Version="2">{self.script}</FinalDraft>'
        return f"Title: Case\n\n{self.script}\n"


def readings(found: list[tuple[str, str, str]], *, title: bool) -> list[str]:
    """Paragraphs as `kind #number: text`. Paragraphs of one kind in a row are one, since readers
    differ in what they join; a cue comes without its (V.O.), an aside without its brackets."""
    joined: list[tuple[str, str]] = []
    for kind, text, number in found:
        words = " ".join(text.split())
        if kind == "cue":
            words = re.sub(r"\s*\(.*?(?:\)|$)", "", words).strip()
        elif kind == "parenthetical":
            words = words.strip("()")
        elif kind in {"heading", "transition"}:
            words = words.upper()  # as screenplain writes them
        named = f"{kind} #{number}" if number else kind
        if kind in {"action", "dialogue"} and joined and joined[-1][0] == named:
            joined[-1] = (named, f"{joined[-1][1]} {words}")
        elif kind != "title" or title:
            joined.append((named, words))
    return [f"{kind}: {words}" for kind, words in joined]


def expected(case: Case) -> list[str]:
    """What a person reads, joined in the same way."""
    parted = (re.fullmatch(r"(\w+)(?: #(\S+))?: (.*)", one) for one in case.reads)
    return readings([(m[1], m[3], m[2] or "") for m in parted if m], title=True)


def ours(text: str, fdx: bool) -> tuple[list[tuple[str, str, str]], Script | None]:
    """What our reader reads, and the script."""
    try:
        script = read_script(text.encode(), "case.fdx" if fdx else "case.fountain")
    except DirectorError as error:
        return [("refused", error.code, "")], None
    titles = [("title", " ".join(one), "") for one in [script.title_page.get("Title", [])] if one]
    return titles + [_reading(one) for one in script.elements if one.kind in KINDS], script


def _reading(one: Element) -> tuple[str, str, str]:
    text = read_cue(one.text).name if one.kind == "character" else one.text
    return KINDS[one.kind], text, one.number


def parts_of(script: Script) -> list[str]:
    """Place and time of day of each scene."""
    return [f"{scene.location} | {scene.time_of_day}" for scene in break_down(script).scenes]


def ask_peers(cases: list[tuple[str, bool]]) -> dict[str, Any]:
    """What the peers read of all these files, by their names."""
    needs = [part for need in PEERS for part in ("--with", need)]
    command = ["uv", "run", "--isolated", "--no-project", *needs]
    done = subprocess.run(
        [*command, "python", str(HERE / "peers.py")],
        input=json.dumps({"cases": cases}),
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    return json.loads(done.stdout)


def cell(read: Readings, right: list[str]) -> str:
    """What a reader made of a case: nothing but `right`, or what it read that is not there."""
    if read is None:
        return "reads no Final Draft"
    if read == right:
        return "right"
    wrong = [one for one in read if one not in right]
    missing = [one for one in right if one not in read]
    if wrong:
        return quoted(wrong)
    return "without " + quoted(missing) if missing else "another order"


def quoted(read: list[str]) -> str:
    """The first two of these readings, with letters that nobody sees as their numbers."""
    told = [re.sub("[\u00ad\u200b-\u200f\u2060\ufeff]", _numbered, one) for one in read[:2]]
    return ", ".join(f"`{one.replace('|', '¦')[:60]}`" for one in told) + " …" * (len(read) > 2)


def _numbered(letter: re.Match[str]) -> str:
    return f"<{ord(letter[0]):04X}>"


def compare_files(folder: Path) -> None:
    """List what the three readers read differently in the files of a folder."""
    files = sorted(p for p in folder.rglob("*") if p.suffix in {".fountain", ".fdx"})
    texts = [(p.read_text("utf-8-sig", "replace"), p.suffix == ".fdx") for p in files]
    peers = ask_peers(texts)
    for index, (path, (text, fdx)) in enumerate(zip(files, texts, strict=True)):
        mine = readings(ours(text, fdx)[0], title=fdx)
        print(f"\n### {path.relative_to(folder)}\n\nOurs: " + ", ".join(f"`{one}`" for one in mine))
        for name, told in peers.items():
            read = told["readings"][index]
            print(f"\n{name}: {cell(read and readings(read, title=fdx), mine)}")


def main() -> int:
    """Print the table, and a folder's differences; 1 where ours is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    options = parser.parse_args()
    cases = msgspec.convert(
        tomllib.loads((HERE / "cases.toml").read_text("utf-8"))["case"], list[Case]
    )
    peers = ask_peers([(case.text, case.fdx) for case in cases])
    print("| | kind | ours | " + " | ".join(f"{n} {t['version']}" for n, t in peers.items()) + " |")
    print("|---|---|---|" + "---|" * len(peers))
    right = dict.fromkeys(["ours", *peers], 0)
    for index, case in enumerate(cases):
        wanted = expected(case)
        found, script = ours(case.text, case.fdx)
        cells = {"ours": cell(readings(found, title=case.fdx), wanted)}
        if cells["ours"] == "right" and case.parts and script and parts_of(script) != case.parts:
            cells["ours"] = quoted(parts_of(script))
        for name, told in peers.items():
            read = told["readings"][index]
            cells[name] = cell(None if read is None else readings(read, title=case.fdx), wanted)
        for name, told in cells.items():
            right[name] += told == "right"
        print(f"| {case.point} | {case.kind} | {' | '.join(cells.values())} |")
    counts = ", ".join(f"{name} {count}" for name, count in right.items())
    print(f"\nRight of {len(cases)}: {counts}.")
    if options.folder:
        compare_files(options.folder)
    return 0 if right["ours"] == len(cases) else 1


if __name__ == "__main__":
    sys.exit(main())
