"""Progress and previews through Redis: the newest wins, seldom enough, and nothing is kept."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
import redis.asyncio

from app.platform.ids import new_id
from app.scheduling import ProgressReader, ProgressWriter, TaskProgress, read_preview
from app.scheduling import progress as module

FIRST = b"\xff\xd8\xff first"
SECOND = b"\xff\xd8\xff second"


@pytest.fixture
def task() -> TaskProgress:
    return TaskProgress(task_id=new_id(), project_id=new_id(), node_id="n", progress=0)


async def sent(valkey) -> list[TaskProgress]:
    entries = await valkey.xrange(module.STREAM)
    return [msgspec.json.decode(fields[b"p"], type=TaskProgress) for _, fields in entries]


async def test_progress_is_sent_ten_times_a_second_and_always_at_the_end(valkey, task) -> None:
    writer = ProgressWriter(valkey, task)
    for step in range(50):
        await writer.send(step / 100, "Painting")
    await writer.send(1.0, "Done")
    found = await sent(valkey)
    assert (found[0].progress, found[-1].progress, found[-1].step) == (0.0, 100.0, "Done")
    assert len(found) <= 12


async def test_the_newest_preview_is_shown_twice_a_second(valkey, task, monkeypatch) -> None:
    writer = ProgressWriter(valkey, task)
    await writer.send_preview(FIRST)
    assert await read_preview(valkey, task.task_id) == FIRST
    await writer.send_preview(b"\xff\xd8\xff too soon")
    await writer.send_preview(SECOND)
    assert await read_preview(valkey, task.task_id) == FIRST
    monkeypatch.setattr(module, "PREVIEW_INTERVAL", 0.0)
    # What came too soon is shown with whatever is told next.
    await writer.send(0.4, "Painting")
    assert await read_preview(valkey, task.task_id) == SECOND
    assert [(t.preview, t.progress) for t in await sent(valkey)] == [(1, 0.0), (2, 40.0)]


async def test_a_preview_is_forgotten_with_its_task_and_by_itself(valkey, task) -> None:
    writer = ProgressWriter(valkey, task)
    await writer.send_preview(FIRST)
    key = f"director:preview:{task.task_id}"
    assert 0 < await valkey.ttl(key) <= module.PREVIEW_KEPT_SECONDS
    await writer.close()
    assert await read_preview(valkey, task.task_id) is None
    assert await valkey.keys("director:preview:*") == []


async def test_a_reader_hears_of_previews(valkey, task) -> None:
    heard: list[TaskProgress] = []
    news = asyncio.Event()

    def listen(update: TaskProgress) -> None:
        heard.append(update)
        news.set()

    reader = ProgressReader(valkey)
    reader.on_progress(listen)
    following = asyncio.create_task(reader.follow())
    try:
        await ProgressWriter(valkey, task).send_preview(FIRST)
        await asyncio.wait_for(news.wait(), 60)
    finally:
        following.cancel()
    assert [update.preview for update in heard] == [1]


async def test_a_redis_that_is_away_harms_no_run(task) -> None:
    async with redis.asyncio.from_url("redis://127.0.0.1:1/0") as nobody:
        writer = ProgressWriter(nobody, task)
        await writer.send(0.5, "Painting")
        await writer.send_preview(FIRST)
        await writer.close()
