"""Tasks, attempts and leases; workers, devices and who runs what next. It knows nothing of film."""

from .dispatch import Completed, Dispatcher, Refused, Reused, Waiting
from .leases import Claim
from .model import NewTask, Task, TaskStatus
from .progress import ProgressReader, ProgressWriter, TaskProgress
from .service import (
    QueueEntry,
    answer_task,
    cancel_tasks,
    insert_tasks,
    list_tasks,
    read_queue,
    read_queues,
    read_task,
    retry_task,
)
from .states import UnfinishedTask, last_endings, unfinished_tasks
from .workers import Worker, list_workers

__all__ = [
    "Claim",
    "Completed",
    "Dispatcher",
    "NewTask",
    "ProgressReader",
    "ProgressWriter",
    "QueueEntry",
    "Refused",
    "Reused",
    "Task",
    "TaskProgress",
    "TaskStatus",
    "UnfinishedTask",
    "Waiting",
    "Worker",
    "answer_task",
    "cancel_tasks",
    "insert_tasks",
    "last_endings",
    "list_tasks",
    "list_workers",
    "read_queue",
    "read_queues",
    "read_task",
    "retry_task",
    "unfinished_tasks",
]
