"""A script is read apart from the API: the same result, the same refusals, and never for long."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from app.platform.rate_limiter import RateLimiter
from app.script import analysis, break_down, read_script
from app.script.model import Breakdown
from app.script.reading import LONGEST_LINE, MOST_PARAGRAPHS, MOST_SCENES
from app.script.settlements import Settlement
from node_registry import DirectorError

EXAMPLES = sorted((Path(__file__).parents[2] / "examples/scripts").glob("*.*"))
SIZE = 300_000

# Eight megabytes in lines that are just short enough.
SLOW = (b"a " * (LONGEST_LINE // 2) + b"\n") * 8

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
        (b"INT. A - DAY\n\n" + b"a " * LONGEST_LINE, "script.too_long"),
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
    slow = asyncio.create_task(analysis.analyse(SLOW, "a.txt", "eve"))
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


async def test_who_used_up_their_time_is_refused_and_others_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(analysis, "SECONDS", 1)
    monkeypatch.setattr(analysis, "PROCESSOR", RateLimiter(1.5, 600.0))
    # What is ended without an answer counts whole, what is refused or answered as it took.
    for number in range(2):
        with pytest.raises(DirectorError) as refused:
            await analysis.analyse(SLOW + b"%d" % number, "a.txt", "mallory")
        assert refused.value.code == "script.too_slow"
    with pytest.raises(DirectorError) as refused:
        await analysis.analyse(b"INT. TIME - DAY\n\nShe goes.\n", "a.txt", "mallory")
    assert (refused.value.code, refused.value.status) == ("request.too_many", 429)
    assert refused.value.fields["retry_after"] > 100
    assert (await analysis.analyse(b"INT. TIME - DAY\n\nShe goes.\n", "a.txt", "ina")).breakdown
    # What somebody found already is answered: it takes no time.
    assert (await analysis.analyse(b"INT. TIME - DAY\n\nShe goes.\n", "a.txt", "mallory")).script


async def test_the_answer_of_the_api_is_the_breakdown() -> None:
    for data in (EXAMPLES[0].read_bytes(), b"INT. A - DAY\n\nShe goes.\n" * 4000):
        found = await analysis.breakdown_as_json(data, "a.fountain", "ina")
        whole = await analysis.analyse(data, "a.fountain", "ina")
        assert msgspec.json.decode(found, type=Breakdown) == whole.breakdown
