"""What the tests of the socket share: the studio on a port, a person, and a project of theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.studio import Studio


@pytest.fixture(scope="module")
async def host(studio: Studio) -> AsyncIterator[str]:
    async with studio.served() as host:
        yield host


@pytest.fixture
async def token(studio: Studio) -> str:
    return await studio.token()


@pytest.fixture
async def project(studio: Studio, token: str) -> str:
    return await studio.project(await studio.client(token))
