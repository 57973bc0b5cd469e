"""A script is read apart from the API: the same result, the same refusals, and never for long."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.script import analysis, break_down, read_script
from app.script.reading import MOST_PARAGRAPHS, MOST_SCENES
from app.script.settlements import Settlement
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
        assert analysis._unpack(apart) == analysis.Analysis(script, break_down(script))


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


async def test_a_script_is_read_once_for_all_who_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(data: bytes, filename: str, settled: tuple[Settlement, ...]) -> bytes:
        read.append(filename)
        return packed(data, filename, settled)

    packed = analysis._packed
    monkeypatch.setattr(analysis, "_packed", counted)
    data = b"INT. ONCE - DAY\n\nShe reads it once.\n"
    first, *others = await asyncio.gather(
        *(analysis.analyse(data, "a.fountain", person) for person in range(20))
    )
    assert read == ["a.fountain"]
    assert all(other == first and other is not first for other in others)
    # What one of them writes into theirs is nobody else's.
    first.breakdown.scenes[0].code = "SCENE_99"
    again = await analysis.analyse(data, "a.fountain", "ina")
    assert again == others[0]
    assert read == ["a.fountain"]
    settled = (Settlement("SHE READS", "", "", "cue"),)
    await analysis.analyse(data, "a.fountain", "ina", settled)
    await analysis.analyse(data, "b.txt", "ina")
    assert read == ["a.fountain", "a.fountain", "b.txt"]


async def test_what_is_kept_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis, "KEPT", 20_000)
    for number in range(40):
        await analysis.analyse(b"INT. LIMIT %d - DAY\n\nShe goes.\n" % number, "a.txt", "ina")
    assert 0 < sum(map(len, analysis._kept.values())) <= 20_000


async def test_a_refusal_is_not_kept_and_who_goes_away_takes_nothing_along() -> None:
    for _ in range(2):
        with pytest.raises(DirectorError):
            await analysis.analyse(b"\n" * 100, "a.txt", "ina")
    data = b"INT. LEFT - DAY\n\nShe goes.\n"
    leaving = asyncio.create_task(analysis.analyse(data, "a.txt", "ina"))
    staying = asyncio.create_task(analysis.analyse(data, "a.txt", "eve"))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).breakdown.scenes
    assert not analysis._running
