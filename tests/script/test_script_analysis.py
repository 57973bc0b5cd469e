"""A script is read apart from the API: the same result, the same refusals, and never for long."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.script import analysis, break_down, read_script
from app.script.reading import MOST_PARAGRAPHS, MOST_SCENES
from node_registry import DirectorError

EXAMPLES = sorted((Path(__file__).parents[2] / "examples/scripts").glob("*.*"))
SIZE = 300_000

HOSTILE = {
    "full stops": b"." * SIZE,
    "names": b"".join(b"ABC%d walks. " % n for n in range(SIZE // 15)),
    "ages": b"".join(b"ABC%d (40) runs. " % n for n in range(SIZE // 18)),
    "words": b"a " * (SIZE // 2),
    "brackets": b"([<{" * (SIZE // 4),
}


async def test_the_result_is_that_of_the_rules() -> None:
    assert EXAMPLES
    for path in EXAMPLES[:3]:
        data = path.read_bytes()
        script = read_script(data, path.name)
        apart = await asyncio.to_thread(analysis._apart, data, path.name)
        assert apart == analysis.Analysis(script, break_down(script))


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
async def test_no_paragraph_takes_as_long_as_the_square_of_its_length(data: bytes) -> None:
    text = b"INT. A - DAY\n\nShe goes there.\n\n" + data
    assert len(text) > analysis.SMALL
    found = await analysis.analyse(text, "a.fountain", "ina")
    assert len(found.breakdown.scenes) == 1


async def test_a_refusal_is_the_same_sentence() -> None:
    for data, code in (
        (b"\n" * 100_000, "script.empty"),
        (b"INT. A - DAY\n\nShe goes.\n\n" * (MOST_SCENES + 1), "script.too_long"),
        (b"She goes.\n\n" * (MOST_PARAGRAPHS + 1), "script.too_long"),
        (b"<?xml version='1.0'?><FinalDraft>" + b" " * 100_000, "script.bad_fdx"),
    ):
        with pytest.raises(DirectorError) as here:
            read_script(data, "a.txt")
        with pytest.raises(DirectorError) as apart:
            await analysis.analyse(data, "a.txt", "ina")
        assert apart.value.code == here.value.code == code
        assert (apart.value.message, apart.value.hint) == (here.value.message, here.value.hint)


async def test_what_takes_too_long_is_ended_and_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(analysis, "SECONDS", 1)
    slow = asyncio.create_task(analysis.analyse(b"a " * 4_000_000, "a.txt", "eve"))
    quick = 0
    while not slow.done():
        small = await analysis.analyse(b"INT. A - DAY\n\nShe goes there.\n", "a.txt", "ina")
        assert small.breakdown.scenes
        quick += 1
        await asyncio.wait({slow}, timeout=0.05)
    with pytest.raises(DirectorError) as refused:
        await slow
    assert refused.value.code == "script.too_slow"
    assert quick > 3
