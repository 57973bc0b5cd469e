"""How fast a script is read and broken down, beside a peer, and what hostile files cost.

python benchmarks/script.py [--rounds N] [--quick]
"""

from __future__ import annotations

import argparse
import io
import random
import re
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable

from screenplain.parsers import fountain as peer

from app.script import break_down, read_script, to_operations
from app.script.alignment import align, known
from node_registry import DirectorError

LIMIT_SECONDS = 1.0
WORDS = re.findall(
    r"\w+",
    "the a lamp turns slowly over black water and somebody counts steps while rain runs down glass "
    "until morning when boats come home with salt on their sails nobody speaks",
)
NAMES = ["INA", "TOM", "VIK", "NOOR", "AUGUST", "PILAR", "FENWICK", "SLOAN", "MIRA", "JONAS"]
PLACES = ["LIGHTHOUSE", "KITCHEN", "HARBOUR", "STREET", "OFFICE", "TRAM", "ROOF", "SCHOOL"]
MEBIBYTE = 1024 * 1024


def screenplay(pages: int) -> str:
    """A script of so many pages, always the same."""
    chance = random.Random(7)
    found = ["Title: Benchmark\nAuthor: Nobody\n"]
    lines = 0
    while lines < pages * 55:
        place, time_of_day = chance.choice(PLACES), chance.choice(["DAY", "NIGHT"])
        found.append(f"{chance.choice(['INT', 'EXT'])}. {place} - {time_of_day}\n")
        lines += 3
        for _ in range(chance.randint(2, 6)):
            found.append(_sentence(chance, 18) + " " + _sentence(chance, 10) + "\n")
            lines += 4
            for _ in range(chance.randint(0, 6)):
                cue = chance.choice(NAMES) + chance.choice(["", "", " (V.O.)", " (CONT'D)"])
                found.append(f"{cue}\n{_sentence(chance, 12)}\n")
                lines += 5
    return "\n".join(found)


def _sentence(chance: random.Random, most: int) -> str:
    words = [chance.choice(WORDS) for _ in range(chance.randint(4, most))]
    if chance.random() < 0.4:
        words[0] = chance.choice(NAMES).title()
    return " ".join(words).capitalize() + "."


def worst_cases() -> dict[str, bytes]:
    """Files near the limit of 10 MB, each the worst for one part of a naive reader."""
    size = 10 * MEBIBYTE - 1024
    speech = "SOMEBODY {n}\nA word.\n\n"
    return {
        "one line": b"a word " * (size // 7),
        "one line, capitals": b"WORD " * (size // 5),
        "spaces": b"A word." + b" " * size,
        "brackets": b"INA " + b"(" * size,
        "open notes": b"[[ a " * (size // 5),
        "nested notes": b"[[" * (size // 4) + b"]]" * (size // 4) + b" a word or two",
        "open boneyards": b"/* a " * (size // 5) + b"three plain words",
        "stars": b"*" * (size - 20) + b" three plain words",
        "100k cues": "".join(speech.format(n=n) for n in range(100_000)).encode(),
        "100k headings": b"INT. ROOM - DAY\n\nA word.\n\n" * 100_000,
        "empty lines": b"\n" * (size - 30) + b"A boat drifts home.",
        "name: words": b"Anna: well then. " * (size // 17),
        "deep XML": b"<FinalDraft><Content>" + b"<Paragraph>" * (size // 12),
        "long XML": b"<FinalDraft><Content>"
        + b"<Paragraph><Text>A word or two.</Text></Paragraph>" * (size // 52)
        + b"</Content></FinalDraft>",
    }


def timed(work: Callable[[], object], rounds: int) -> float:
    """The median of so many runs, in seconds."""
    found: list[float] = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def attempt(data: bytes) -> str:
    """Read and break down, or the code of the refusal."""
    try:
        breakdown = break_down(read_script(data))
    except DirectorError as error:
        return error.code
    return (
        f"{len(breakdown.scenes):,} scenes, {sum(len(s.shots) for s in breakdown.scenes):,} shots"
    )


def main() -> int:
    """Print two tables; exit with 1 when 120 pages take more than a second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="leave out the files of 10 MB")
    options = parser.parse_args()
    print(
        f"{'pages':>6} {'read':>9} {'break down':>11} {'graph':>9} {'again':>9} {'peer reads':>11}"
    )
    slowest = 0.0
    for pages in (30, 60, 120, 240):
        text = screenplay(pages)
        data = text.encode()
        script = read_script(data, "a.fountain")
        breakdown = break_down(script)
        numbers = iter(range(10**9))
        read = timed(lambda: read_script(data, "a.fountain"), options.rounds)  # noqa: B023
        broken = timed(lambda: break_down(script), options.rounds)  # noqa: B023
        graph = timed(
            lambda: to_operations(
                breakdown,  # noqa: B023
                None,
                title="",
                media=None,
                new_id=lambda: str(next(numbers)),  # noqa: B023
            ),
            options.rounds,
        )
        before = known(breakdown)
        realigned = timed(lambda: align(before, break_down(script)), options.rounds) - broken  # noqa: B023
        other = timed(lambda: peer.parse(io.StringIO(text)), options.rounds)  # noqa: B023
        cells = [read, broken, graph, max(realigned, 0.0), other]
        print(f"{pages:>6} " + " ".join(f"{cell * 1000:>7.1f} ms" for cell in cells))
        if pages == 120:
            slowest = read + broken + graph
    print(f"\n120 pages, from bytes to graph: {slowest:.3f} s (limit {LIMIT_SECONDS} s)")
    if not options.quick:
        print(f"\n{'10 MB of':<20} {'seconds':>8} {'peak MB':>8}  result")
        for name, data in worst_cases().items():
            start = time.perf_counter()
            result = attempt(data)
            seconds = time.perf_counter() - start
            tracemalloc.start()
            attempt(data[: len(data) // 10])
            peak = tracemalloc.get_traced_memory()[1] * 10 / MEBIBYTE
            tracemalloc.stop()
            print(f"{name:<20} {seconds:>8.2f} {peak:>8.0f}  {result}")
    return 0 if slowest <= LIMIT_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
