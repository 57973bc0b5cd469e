"""Conformance suites for plugins, and a run context to try a backend in, without a studio.

Install them with `director-node-registry[testing]`, subclass the one that fits, and run pytest.
"""

# ruff: noqa: E402 - assertions are rewritten only in modules that come after this call
import pytest

pytest.register_assert_rewrite(
    *(
        f"{__name__}.{module}"
        for module in (
            "backend_runs", "run_tests", "server_tests", "converters", "exporters", "storages",
        )
    )
)  # fmt: skip

from .backends import BackendSuite
from .context import LocalContext
from .converters import ConverterSuite
from .exporters import ExporterSuite
from .servers import (
    FAILURE,
    FAILURE_PATH,
    HUGE_BYTES,
    SLOW_SECONDS,
    FakeServer,
    Scenario,
)
from .storages import StorageSuite
from .timelines import SampleClip, sample_timeline

__all__ = [
    "FAILURE",
    "FAILURE_PATH",
    "HUGE_BYTES",
    "SLOW_SECONDS",
    "BackendSuite",
    "ConverterSuite",
    "ExporterSuite",
    "FakeServer",
    "LocalContext",
    "SampleClip",
    "Scenario",
    "StorageSuite",
    "sample_timeline",
]
