"""Tasks, attempts and leases; workers, devices and who runs what next. It knows nothing of film."""

from .dispatch import Dispatcher, ReadyTask, Refused, Reused, Waiting
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
from .states import UnfinishedTask, last_outcomes, unfinished_tasks
from .workers import Worker, list_workers

__all__ = [
    "Claim",
    "Dispatcher",
    "NewTask",
    "ProgressReader",
    "ProgressWriter",
    "QueueEntry",
    "ReadyTask",
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
    "last_outcomes",
    "list_tasks",
    "list_workers",
    "read_queue",
    "read_queues",
    "read_task",
    "retry_task",
    "unfinished_tasks",
]
