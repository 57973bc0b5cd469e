"""What all conformance suites share: their async tests run in any mode of pytest-asyncio."""

from __future__ import annotations

import inspect
from typing import Any

try:
    import pytest
    import pytest_asyncio  # noqa: F401  # pyright: ignore[reportUnusedImport]
except ImportError as error:
    raise ImportError(
        "The conformance suites need pytest and pytest-asyncio: "
        "install director-node-registry[testing]."
    ) from error


class ConformanceSuite:
    """The base of every suite. It marks the async tests of a suite and of its subclasses.

    So they run wherever pytest-asyncio is installed, whatever `asyncio_mode` the project has.
    Async fixtures of your own are made with `pytest_asyncio.fixture`, which works in each mode.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, test in vars(cls).items():
            if not name.startswith("test_") or not inspect.iscoroutinefunction(test):
                continue
            marks = getattr(test, "pytestmark", [])
            if not any(mark.name == "asyncio" for mark in marks):
                pytest.mark.asyncio(test)
