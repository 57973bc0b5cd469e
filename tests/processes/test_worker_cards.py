"""Which card a worker takes, and the file by which a cluster sees that it lives."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from app.platform import devices
from app.processes.worker import choose_gpu, send_heartbeats
from app.scheduling import workers
from node_registry import DirectorError, Gpu
from tests.scheduling.conftest import a_worker, service

CARDS = [Gpu(uuid=f"GPU-{n}", index=n, name="RTX", total_bytes=24 << 30) for n in range(2)]


@pytest.fixture
def cards(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "none")
    monkeypatch.setenv("CUDA_DEVICE_ORDER", "none")

    def put(number: int) -> None:
        monkeypatch.setattr(devices, "find_gpus", lambda: CARDS[:number])

    return put


def test_without_a_card_it_has_a_slot_of_the_cpu(cards) -> None:
    cards(2)
    assert choose_gpu(None) is None
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "none"


def test_auto_is_the_only_card(cards) -> None:
    cards(1)
    assert choose_gpu("auto") == CARDS[0]
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "GPU-0"


@pytest.mark.parametrize("number", [0, 2])
def test_auto_of_none_or_of_several_is_refused(cards, number: int) -> None:
    cards(number)
    with pytest.raises(DirectorError, match=f"has {number} cards"):
        choose_gpu("auto")


def test_a_card_that_is_not_there_is_refused(cards) -> None:
    cards(2)
    assert choose_gpu("GPU-1") == CARDS[1]
    with pytest.raises(DirectorError, match="GPU-7"):
        choose_gpu("GPU-7")


async def test_each_heartbeat_touches_a_file(connected, tmp_path: Path) -> None:
    worker = await a_worker()
    async with service() as unit:
        await workers.leave(unit, worker.id)
    alive = tmp_path / "worker" / "alive"
    beating = asyncio.create_task(send_heartbeats(worker, alive))
    try:
        async with asyncio.timeout(60):
            found: list[str] = []
            while worker.name not in found:
                async with service():
                    found = [one.name for one in await workers.list_workers()]
    finally:
        beating.cancel()
    assert alive.exists()
