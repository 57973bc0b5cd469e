"""Which model was loaded last where: the next task that uses it is begun there without a load.

An index in the dispatcher's memory. It is read from the tasks when the dispatcher starts; where it
is wrong, a model is loaded once more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from app.platform.database import UnitOfWork

from .placement import Place

PASSES_WITHIN = 3600.0
"""A task is passed by one whose model is loaded if that one's turn is at most so much later."""


class WarmModels:
    """The models by the worker, or the remote server, that ran a task with one last."""

    def __init__(self) -> None:
        self._models: dict[str, str] = {}
        self.hits = 0
        self.swaps = 0

    def at(self, place: Place) -> str:
        """The model that is loaded at a place; empty where none is known."""
        return self._models.get(_key(place), "")

    def on_server(self, name: str) -> str:
        """The model that is loaded on a remote server; empty where none is known."""
        return self._models.get(name, "")

    def ran(self, place: Place, model: str) -> None:
        """A task was given to a place; one without a model leaves what is there."""
        if not model:
            return
        if self.at(place) == model:
            self.hits += 1
        else:
            self.swaps += 1
        self._models[_key(place)] = model

    @classmethod
    def of(cls, models: Mapping[str, str]) -> WarmModels:
        """With the models by worker's id, or by the name of the server."""
        warm = cls()
        warm._models = dict(models)
        return warm


async def read_warm_models(unit: UnitOfWork) -> WarmModels:
    """What the tasks of the last hours left behind."""
    rows = await unit.fetch(
        """SELECT DISTINCT ON (place) place, model FROM (
                 SELECT coalesce(server, worker_id::text) AS place, model, assigned_at FROM tasks
                 WHERE model <> '' AND assigned_at > now() - interval '5 hours'
                   AND worker_id IS NOT NULL) ran
               ORDER BY place, assigned_at DESC"""
    )
    return WarmModels.of({row["place"]: row["model"] for row in rows})


def choose_warm(tasks: Sequence[tuple[float, str]], warm: Collection[str]) -> int:
    """Which of one person's tasks is next: the first whose model is loaded, if it may pass.

    Each is its turn (seconds) and its model, in order. The first may be passed only by those whose
    turn is `PASSES_WITHIN` later at most, so that it waits for a bounded number of them.
    """
    latest = tasks[0][0] + PASSES_WITHIN
    found = (place for place, (turn, model) in enumerate(tasks) if model in warm and turn <= latest)
    return next(found, 0)


def _key(place: Place) -> str:
    return place.server or str(place.worker.id)
