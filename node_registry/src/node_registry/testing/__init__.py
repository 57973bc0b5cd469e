"""Conformance suites for plugins, and a run context to try a backend in, without a studio."""

from .backends import BackendSuite
from .context import LocalContext
from .storages import StorageSuite

__all__ = ["BackendSuite", "LocalContext", "StorageSuite"]
