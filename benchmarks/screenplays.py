"""How whole screenplays are read: scenes, characters and places beside a count that is not ours.

python benchmarks/screenplays.py FOLDER [--show 10]

Every .fountain and .fdx file below the folder is read. Beside it stand, for Fountain, screenplain,
and for Final Draft, the types of its paragraphs. Of each kind the share is told that we find as
well, and what is missing in ours.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import NamedTuple

from screenplain.parsers import fountain as peer
from screenplain.types import Dialog, DualDialog, Slug

from app.script import Breakdown, break_down, read_script
from app.script.cues import read_cue
from app.script.markup import plain_words
from node_registry import DirectorError

PREFIX = re.compile(r"(?:INT|EXT|EST|I/E)\b[^A-Z0-9]*(?:(?:INT|EXT)\b\W*)?", re.IGNORECASE)
TARGETS = {"scenes": 0.99, "characters": 0.97, "places": 0.95}


class Count(NamedTuple):
    """What a script holds: headings, names and places, each as it is compared."""

    scenes: list[str]
    characters: set[str]
    places: set[str]


def plain(text: str) -> str:
    """A text as it is compared: without marks of emphasis, in capitals, one space between words."""
    return " ".join(plain_words(text).upper().strip(" .:").split())


def place_of(heading: str) -> str:
    """The first level of a heading's place: what stands before the first dash."""
    rest = PREFIX.sub("", plain(heading), count=1)
    parts = re.split(r"\s+[-–—]+\s*|\s*[-–—]{2,}\s*|\s+\(", rest)
    # Without a dash it is the last comma that parts the time from the place.
    place = parts[0] if len(parts) > 1 else parts[0].rpartition(",")[0] or parts[0]
    return place.strip(" .,")


def joint(name: str, names: set[str]) -> list[str]:
    """Who speaks under a cue: two people where both have cues of their own."""
    parts = [part for part in re.split(r"\s*(?:,|&|\bAND\b)\s*", name) if part]
    return parts if len(parts) > 1 and all(part in names for part in parts) else [name]


def of_headings(headings: list[str], names: set[str]) -> Count:
    """A count of these headings and cues."""
    names = {part for name in names for part in joint(name, names)}
    known = [plain(heading) for heading in headings if PREFIX.match(plain(heading))]
    return Count(known, names, {place_of(heading) for heading in known} - {""})


def independent(data: bytes, name: str) -> Count:
    """The count of a reader that is not ours."""
    if name.endswith(".fdx"):
        content = ET.fromstring(data).find("Content")
        by_type: dict[str, list[str]] = {}
        for paragraph in content if content is not None else ():
            text = "".join(part.text or "" for part in paragraph.findall("Text"))
            by_type.setdefault(paragraph.get("Type") or "", []).append(text)
        names = {plain(read_cue(text).name) for text in by_type.get("Character", [])}
        return of_headings(by_type.get("Scene Heading", []), names - {""})
    text = "\n".join(data.decode("utf-8-sig", "replace").splitlines())
    paragraphs = list(peer.parse(io.StringIO(text)))
    headings = [str(one.line) for one in paragraphs if isinstance(one, Slug)]
    speeches = [one for one in paragraphs if isinstance(one, Dialog)]
    for both in paragraphs:
        if isinstance(both, DualDialog):
            speeches += [both.left, both.right]
    names = {plain(read_cue(str(one.character)).name) for one in speeches}
    return of_headings(headings, names - {""})


def ours(found: Breakdown) -> Count:
    """The same of a breakdown."""
    names = {plain(read_cue(name).name) for one in found.characters for name in _names(one)}
    places = {place_of(f"INT. {scene.location} - DAY") for scene in found.scenes}
    return Count([plain(scene.heading) for scene in found.scenes], names, places - {""})


def _names(one: object) -> list[str]:
    return [one.name, *one.aliases]  # type: ignore[attr-defined]


def main() -> int:
    """Print a table and what was missed; exit with 1 where a target is missed or a script fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", type=int, default=10, help="of each kind, so many that we miss")
    options = parser.parse_args()
    files = sorted(p for p in options.folder.rglob("*") if p.suffix in {".fountain", ".fdx"})
    total = {name: [0, 0] for name in TARGETS}
    missed: dict[str, list[str]] = {name: [] for name in TARGETS}
    failed = 0
    print(f"{'script':<40} {'scenes':>9} {'characters':>11} {'places':>9} {'seconds':>8}")
    for path in files:
        data = path.read_bytes()
        try:
            began = time.perf_counter()
            found = ours(break_down(read_script(data, path.name)))
            seconds = time.perf_counter() - began
        except DirectorError as error:
            print(f"{path.name:<40} refused: {error.code}")
            continue
        except Exception as error:  # noqa: BLE001
            failed += 1
            print(f"{path.name:<40} FAILED: {error!r}")
            continue
        try:
            other = independent(data, path.name)
        except Exception as error:  # noqa: BLE001
            print(f"{path.name:<40} the other reader failed: {error!r}")
            continue
        cells: list[str] = []
        for name in TARGETS:
            wanted, have = getattr(other, name), set(getattr(found, name))
            hits = [one for one in wanted if one in have]
            total[name][0] += len(hits)
            total[name][1] += len(wanted)
            cells.append(f"{len(hits)}/{len(wanted)}")
            missed[name] += [f"{path.name}: {one}" for one in wanted if one not in have]
        print(f"{path.name:<40} {cells[0]:>9} {cells[1]:>11} {cells[2]:>9} {seconds:>8.2f}")
    reached = not failed
    print(f"\n{len(files)} files, {failed} failed")
    for name, (hits, count) in total.items():
        share = hits / count if count else 1.0
        reached &= share >= TARGETS[name]
        print(f"{name:<11} {hits} of {count}: {share:.1%} (target {TARGETS[name]:.0%})")
        for one in missed[name][: options.show]:
            print(f"    {one[:110]}")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
