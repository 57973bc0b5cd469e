"""What the tests of the graph share: the built-in vocabulary and a way to make ids."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.graph import Applied, Graph, Operation, Registry, Transaction, apply


@pytest.fixture(scope="session")
def uid() -> Callable[[int], str]:
    return lambda number: f"{number:08x}-0000-7000-8000-000000000000"


@pytest.fixture
def graph() -> Graph:
    return Graph(id="g")


@pytest.fixture
def act(graph: Graph, registry: Registry) -> Callable[..., Applied]:
    """Apply operations to the test's graph, as the user `ina` unless told otherwise."""

    def run(*ops: Operation, user: str = "ina", system: bool = False, **how: object) -> Applied:
        return apply(graph, Transaction(ops=ops, **how), registry, user, system=system)  # type: ignore[arg-type]

    return run
