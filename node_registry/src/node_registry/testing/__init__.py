"""Conformance suites for plugins, and a run context to try a backend in, without a studio.

Install them with `director-node-registry[testing]`, subclass the one that fits, and run pytest.
"""

# ruff: noqa: E402 - assertions are rewritten only in modules that come after this call
import pytest

pytest.register_assert_rewrite(
    *(f"{__name__}.{module}" for module in ("backends", "converters", "exporters", "storages"))
)

from .backends import BackendSuite
from .context import LocalContext
from .converters import ConverterSuite
from .exporters import ExporterSuite
from .storages import StorageSuite
from .timelines import SampleClip, sample_timeline

__all__ = [
    "BackendSuite",
    "ConverterSuite",
    "ExporterSuite",
    "LocalContext",
    "SampleClip",
    "StorageSuite",
    "sample_timeline",
]
