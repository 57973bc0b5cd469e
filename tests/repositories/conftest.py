"""What the tests of repositories share: the studio on a port, and a film of its owner."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.studio import Studio


@pytest.fixture(scope="module")
async def host(studio: Studio) -> AsyncIterator[str]:
    async with studio.served() as host:
        yield host
