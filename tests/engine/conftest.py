"""What the tests with a real Docker engine share: one engine, and the image that they run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import aiodocker
import msgspec
import pytest

from tests.engine.docker_engine import PYTHON, python_image, running_engine


class Engine(msgspec.Struct, frozen=True):
    """An engine's address, and the id of an image with Python, Pillow, numpy and PyAV."""

    address: str
    image: str


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with running_engine() as address:
        yield Engine(address, asyncio.run(_import(address)))


async def _import(address: str) -> str:
    async with aiodocker.Docker(address) as docker:
        params = {
            "fromSrc": "-",
            "repo": "tests/python",
            "tag": "1",
            "changes": "ENV PATH=/usr/local/bin:/usr/bin:/bin",
        }
        headers = {"content-type": "application/x-tar"}
        async with docker._query(
            "images/create", "POST", params=params, data=python_image(), headers=headers
        ) as answer:
            await answer.read()
        return (await docker.images.inspect("tests/python:1"))["Id"]


__all__ = ["PYTHON", "Engine"]
