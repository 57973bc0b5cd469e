"""Tasks, attempts and leases; workers, devices and who runs what next. It knows nothing of film."""

from .causes import Cause, CauseKind
from .device_rules import list_kept_workers
from .dispatch import Dispatcher
from .failures import Failure, list_failures
from .leases import Claim
from .load import TIERS, Load, read_load
from .measures import (
    REASONS,
    Device,
    TaskFact,
    last_event_id,
    oldest_waiting,
    read_devices,
    read_facts,
)
from .model import FinalStatus, NewTask, Priority, Task, TaskStatus
from .progress import ProgressReader, ProgressWriter, TaskProgress, read_preview
from .questions import Question, list_questions
from .queue import QueueEntry, read_queue, read_queues
from .quotas import Quotas
from .resolving import ReadyTask, Refused, Reused, Waiting
from .service import (
    answer_task,
    cancel_tasks,
    find_twin,
    insert_tasks,
    list_tasks,
    plans_of_runs,
    read_task,
    retry_task,
    set_priority,
    takes_of_tasks,
)
from .states import UnfinishedTask, count_tasks, last_outcomes, run_outcomes, unfinished_tasks
from .storage_hold import StorageRoom
from .task_events import (
    EventKind,
    TaskEvent,
    count_unhandled_events,
    due_retries,
    mark_committed,
    mark_handled,
    retry_abandoned,
    retry_later,
    uncommitted_of,
    uncommitted_successes,
    unhandled_events,
)
from .workers import OfferedBackend, Worker, list_workers, offered_backends

__all__ = [
    "REASONS",
    "TIERS",
    "Cause",
    "CauseKind",
    "Claim",
    "Device",
    "Dispatcher",
    "EventKind",
    "Failure",
    "FinalStatus",
    "Load",
    "NewTask",
    "OfferedBackend",
    "Priority",
    "ProgressReader",
    "ProgressWriter",
    "Question",
    "QueueEntry",
    "Quotas",
    "ReadyTask",
    "Refused",
    "Reused",
    "StorageRoom",
    "Task",
    "TaskEvent",
    "TaskFact",
    "TaskProgress",
    "TaskStatus",
    "UnfinishedTask",
    "Waiting",
    "Worker",
    "answer_task",
    "cancel_tasks",
    "count_tasks",
    "count_unhandled_events",
    "due_retries",
    "find_twin",
    "insert_tasks",
    "last_event_id",
    "last_outcomes",
    "list_failures",
    "list_kept_workers",
    "list_questions",
    "list_tasks",
    "list_workers",
    "mark_committed",
    "mark_handled",
    "offered_backends",
    "oldest_waiting",
    "plans_of_runs",
    "read_devices",
    "read_facts",
    "read_load",
    "read_preview",
    "read_queue",
    "read_queues",
    "read_task",
    "retry_abandoned",
    "retry_later",
    "retry_task",
    "run_outcomes",
    "set_priority",
    "takes_of_tasks",
    "uncommitted_of",
    "uncommitted_successes",
    "unfinished_tasks",
    "unhandled_events",
]
