"""Runs: from the graph to a plan, from the plan to tasks, from tasks to takes."""

from .asset_files import AssetFilePublisher
from .bounds import Bounds
from .estimates import Estimate
from .events import RunEnded, TakeReviewed, TaskEnded
from .planning import Planner, active_takes
from .project_files import commit_takes
from .runs import Run
from .service import (
    PlannedStep,
    StaleNode,
    StaleNodes,
    answer,
    cancel,
    choose_take,
    generate,
    graph_in_effect,
    new_version,
    preview,
    read,
    retry,
    runs_of,
    stale,
    stale_nodes,
    start,
    stop_project,
    take,
    takes,
    takes_told_by,
    use_planner,
)
from .source_media import SourceMediaPublisher
from .take_files import SUFFIX as TAKE_FILE_SUFFIX
from .take_files import TakeFile, read_take_file
from .takes import Take, TakeOutput, takes_by_id
from .task_event_consumer import TaskEventConsumer
from .task_resolver import TaskResolver
from .transfer import TakeRecord, check_takes, insert_takes, media_named, read_takes
from .uncommitted_files import commit as commit_files

__all__ = [
    "TAKE_FILE_SUFFIX",
    "AssetFilePublisher",
    "Bounds",
    "Estimate",
    "PlannedStep",
    "Planner",
    "Run",
    "RunEnded",
    "SourceMediaPublisher",
    "StaleNode",
    "StaleNodes",
    "Take",
    "TakeFile",
    "TakeOutput",
    "TakeRecord",
    "TakeReviewed",
    "TaskEnded",
    "TaskEventConsumer",
    "TaskResolver",
    "active_takes",
    "answer",
    "cancel",
    "check_takes",
    "choose_take",
    "commit_files",
    "commit_takes",
    "generate",
    "graph_in_effect",
    "insert_takes",
    "media_named",
    "new_version",
    "preview",
    "read",
    "read_take_file",
    "read_takes",
    "retry",
    "runs_of",
    "stale",
    "stale_nodes",
    "start",
    "stop_project",
    "take",
    "takes",
    "takes_by_id",
    "takes_told_by",
    "use_planner",
]
