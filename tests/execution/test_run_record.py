"""What a run tells: what people see as it comes, and what stands on the take."""

from __future__ import annotations

import pytest

from app.execution.run_record import MAX_NOTE, MAX_NOTES, RunRecord
from app.platform.ids import new_id
from app.scheduling import ProgressWriter, TaskProgress, read_preview
from node_registry import PREVIEW_LIMIT, Log, Media, Output, Preview, Progress, Usage

JPEG = b"\xff\xd8\xff\xe0"


class SentProgress(ProgressWriter):
    """The writer, with what it was given."""

    def __init__(self, redis) -> None:
        self.task_id = new_id()
        first = TaskProgress(task_id=self.task_id, project_id=new_id(), node_id="n", progress=0)
        super().__init__(redis, first)
        self.fractions: list[float] = []

    async def send(self, fraction: float, step: str) -> None:
        self.fractions.append(fraction)
        await super().send(fraction, step)


@pytest.fixture
def sent(valkey) -> SentProgress:
    return SentProgress(valkey)


@pytest.fixture
def record(sent) -> RunRecord:
    return RunRecord(sent.task_id, sent)


async def test_outputs_are_kept_in_order(record) -> None:
    media = [Media(digest=f"{n:064x}", size=1, media_type="image/png") for n in range(2)]
    for number, one in enumerate(media):
        await record.add(Output(f"out{number}", one))
    assert [(output.socket, output.media) for output in record.outputs] == [
        ("out0", media[0]),
        ("out1", media[1]),
    ]
    assert record.facts() == {}


async def test_progress_never_goes_back(record, sent) -> None:
    for fraction in (0.2, 0.1, float("nan"), 0.6, 7.0):
        await record.add(Progress(fraction))
    assert sent.fractions == [0.2, 0.2, 0.2, 0.6, 1.0]


async def test_a_preview_is_a_jpeg_of_at_most_64_kib(record, sent, valkey) -> None:
    for image in (b"\x89PNG", b"", JPEG + bytes(PREVIEW_LIMIT)):
        await record.add(Preview(image))
    assert await read_preview(valkey, sent.task_id) is None
    whole = JPEG + bytes(PREVIEW_LIMIT - len(JPEG))
    await record.add(Preview(whole))
    assert await read_preview(valkey, sent.task_id) == whole


async def test_warnings_and_errors_stand_on_the_take(record) -> None:
    await record.add(Log("The lamp is lit."))
    await record.add(Log("The face of INA is left out.", "warning"))
    await record.add(Log("The face of INA is left out.", "warning"))
    await record.add(Log("No\0thing " + "x" * 600, "error"))
    notes = record.facts()["notes"]
    assert notes[0] == "The face of INA is left out."
    assert notes[1].startswith("Nothing x")
    assert len(notes[1]) == MAX_NOTE
    for number in range(50):
        await record.add(Log(f"Note {number}", "warning"))
    assert len(record.facts()["notes"]) == MAX_NOTES


async def test_the_most_memory_that_it_took_stands_on_the_take(record) -> None:
    for vram, ram in ((5, 100), (7, 90)):
        await record.add(Usage(vram_bytes=vram, ram_bytes=ram))
    assert record.facts() == {"vram_bytes": 7, "ram_bytes": 100}
