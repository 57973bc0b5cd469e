"""Runs: from the graph to a plan, from the plan to tasks, from tasks to takes."""

from .completion import Completer
from .endings import Endings
from .events import RunEnded, TaskEnded
from .planning import Planner, active_takes
from .runs import Run
from .service import (
    PlannedStep,
    StaleNode,
    StaleNodes,
    answer,
    cancel,
    choose_take,
    new_version,
    preview,
    read,
    retry,
    runs_of,
    stale,
    stale_nodes,
    start,
    take,
    takes,
    use_planner,
)
from .takes import Take

__all__ = [
    "Completer",
    "Endings",
    "PlannedStep",
    "Planner",
    "Run",
    "RunEnded",
    "StaleNode",
    "StaleNodes",
    "Take",
    "TaskEnded",
    "active_takes",
    "answer",
    "cancel",
    "choose_take",
    "new_version",
    "preview",
    "read",
    "retry",
    "runs_of",
    "stale",
    "stale_nodes",
    "start",
    "take",
    "takes",
    "use_planner",
]
