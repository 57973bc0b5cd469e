"""Why a task waits: each cause has a name for programs, a sentence for people, and what to do.

All sentences are written here. Who finds out which one holds: the resolver, for what no worker can
do; the dispatcher, for what is taken; and the queue, when it is read, for what stands before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from node_registry import Needs

GB = 1_000_000_000

CauseKind = Literal[
    "next",
    "behind",
    "input",
    "same_under_way",
    "workers_busy",
    "card_full",
    "card_kept",
    "server_busy",
    "retry",
    "no_worker",
    "no_backend",
    "wrong_version",
    "no_device",
    "card_too_small",
    "no_server",
    "paused",
    "draining",
    "card_reserved",
    "circuit_open",
    "quota",
    "disk_full",
    "storage_full",
]

LASTING: frozenset[CauseKind] = frozenset(
    (
        "no_worker",
        "no_backend",
        "wrong_version",
        "no_device",
        "card_too_small",
        "no_server",
        "paused",
        "draining",
        "card_reserved",
        "disk_full",
        "storage_full",
    )
)
"""Causes that last until somebody does something: no time can be told for such a task."""


class Cause(msgspec.Struct, frozen=True):
    """Why a task waits, in a sentence, and what people can do about it where they can."""

    kind: CauseKind
    sentence: str
    hint: str = ""

    @property
    def text(self) -> str:
        """The sentence, and what to do."""
        return f"{self.sentence} {self.hint}".strip()


def behind(position: int) -> Cause:
    """It is not its turn: `position` is its place in the queue, from 1."""
    if position <= 1:
        return Cause("next", "Next, when a worker is free.")
    others = position - 1
    ahead = f"{others} other tasks" if others > 1 else "another task"
    return Cause("behind", f"Behind {ahead}.")


def needs_input(label: str, others: int, status: str | None) -> Cause:
    """It needs the results of tasks that have not ended: one by name, and how many more."""
    if status == "waiting_for_input":
        return Cause("input", f"Waits for {label}, which asks a question.", "Answer the question.")
    more = f" and {others} more" if others else ""
    return Cause("input", f"Waits for {label}{more}.")


def retrying(why: str, pause: float) -> Cause:
    """An attempt failed for a reason that may pass; the next is made in `pause` seconds."""
    if pause <= 0:
        return Cause("retry", why)
    return Cause("retry", f"{why} It is tried again in {max(1, round(pause))} s.".strip())


def same_under_way(label: str) -> Cause:
    """An equal task runs, and its result will be taken."""
    return Cause("same_under_way", f"The same is being made already, for {label}.")


def workers_busy(needs: Needs, capable: int) -> Cause:
    """Workers that could run it are there, and none of them is free."""
    if not capable:
        return Cause("workers_busy", "No worker that can run it is there now.")
    if capable == 1:
        return Cause("workers_busy", f"The one worker that can run it{_of(needs)} is busy.")
    return Cause("workers_busy", f"The {capable} workers that can run it{_of(needs)} are busy.")


def card_full(card: str, total: int, needed: int, held: int, holders: Sequence[str]) -> Cause:
    """The memory of a card (bytes) is held by running tasks, which are named."""
    return Cause(
        "card_full",
        f"{card} is full: {_gb(held)} of {_gb(total)} GB are held by {_names(holders)}; "
        f"this needs {_gb(needed)} GB.",
    )


def card_kept(card: str, total: int) -> Cause:
    """A card that is free is left for tasks that fit on no smaller one; its memory in bytes."""
    return Cause(
        "card_kept",
        f"Waiting for a smaller card: {card} is left for what needs more of its {_gb(total)} GB.",
    )


def device_held(worker: str, holders: Sequence[str]) -> Cause:
    """A CPU worker has not let go of its last task yet."""
    return Cause("workers_busy", f"{worker} still ends {_names(holders)}.")


def server_busy(servers: Sequence[str]) -> Cause:
    """All places of the remote servers that could make it are taken."""
    return Cause("server_busy", f"Waiting for a free place on {', '.join(servers)}.")


def no_worker() -> Cause:
    """No worker runs at all."""
    return Cause(
        "no_worker",
        "No worker is there.",
        "Start one with `director worker`, or start `director up` again.",
    )


def no_backend(title: str) -> Cause:
    """No live worker has the backend."""
    return Cause(
        "no_backend",
        f"No worker here has the backend {title}.",
        "Install its plugin where a worker runs, and start that worker again.",
    )


def wrong_version(title: str, theirs: str, ours: str) -> Cause:
    """The live workers have another version of the backend than the API."""
    return Cause(
        "wrong_version",
        f"The workers have version {theirs} of {title}, the studio has {ours}.",
        "Restart the workers.",
    )


def no_device(title: str, device: str) -> Cause:
    """No live worker with the backend is of the kind that it needs."""
    kind = "a GPU" if device == "gpu" else "a CPU"
    return Cause(
        "no_device",
        f"{title} needs {kind} worker, and none of those that have it is one.",
        "Start a worker on a machine with a card (`director worker --gpu UUID`), or choose "
        "another quality or backend."
        if device == "gpu"
        else "Start a worker without --gpu.",
    )


def card_too_small(title: str, needed: int, largest: int) -> Cause:
    """No card is large enough, even when nothing else is on it (bytes)."""
    return Cause(
        "card_too_small",
        f"{title} needs a card of {_gb(needed)} GB for this; the largest here has "
        f"{_gb(largest)} GB.",
        "Choose a lower quality or a smaller picture, or add a worker with a larger card.",
    )


def no_server(servers: Sequence[str]) -> Cause:
    """No live worker reaches any of the remote servers that could make it."""
    return Cause(
        "no_server",
        f"No worker here reaches {', '.join(servers)}.",
        "Check that the server runs, and the settings of the workers.",
    )


def paused(by: str, *, studio: bool = False) -> Cause:
    """Somebody paused the task, or the queue of the whole studio."""
    if studio:
        return Cause(
            "paused",
            f"The queue of the studio was paused by {by}.",
            "It goes on when the studio's owner resumes it (`director queue resume`).",
        )
    return Cause("paused", f"Paused by {by}.", "Resume it, or `director queue resume`.")


def draining(workers: Sequence[str], by: str) -> Cause:
    """All workers that could run it, or (without names) all that there are, take no more tasks."""
    finishing = f"{by} lets {_names(workers) if workers else 'all workers'} finish and take no more"
    other = ", and no other worker can run it" if workers else ""
    return Cause(
        "draining",
        f"{finishing}{other}.",
        "Start another worker, or `director queue undrain`.",
    )


def card_reserved(devices: Sequence[str], by: str) -> Cause:
    """All cards that it could run on are kept for something else."""
    return Cause(
        "card_reserved",
        f"{by} keeps {_names(devices)} for other work, and nothing else here can run it.",
        "Ask them, or `director queue free`.",
    )


def circuit_open(where: str, failures: int, last: str, *, probed: bool) -> Cause:
    """A backend failed so often in a row that it is given a rest, or is just being tried."""
    then = "one task tries it now" if probed else "it is given a rest, and tried again by itself"
    return Cause(
        "circuit_open",
        f"{where} failed {failures} times in a row; {then}. Last: {last}".strip(),
        "Mend what it says; until then another quality or backend may do.",
    )


def person_quota(most: int) -> Cause:
    """As many tasks of this person run as one person may have."""
    return Cause("quota", f"{_running(most)} for its person, which is the most that one may have.")


def project_quota(most: int) -> Cause:
    """As many tasks of this project run as one project may have."""
    return Cause("quota", f"{_running(most)} in its project, which is the most that one may have.")


def disk_full() -> Cause:
    """The studio's disk is fuller than it may be."""
    return Cause(
        "disk_full",
        "The studio's disk is nearly full: nothing is made until there is room.",
        "Make room (`director gc`), or lower DIRECTOR_DISK_FLOOR_GB; it goes on by itself.",
    )


def storage_full() -> Cause:
    """The project, or its owner, keeps as many bytes as there may be."""
    return Cause(
        "storage_full",
        "The project has no room left for what this would make.",
        "Delete what is not needed, or ask the operator for a larger quota; it goes on by itself.",
    )


def _running(number: int) -> str:
    return "One task runs" if number == 1 else f"{number} tasks run"


def _of(needs: Needs) -> str:
    if needs.device == "gpu" and needs.vram_bytes:
        return f" (with a card of {_gb(needs.vram_bytes)} GB or more)"
    return ""


def _gb(number: int) -> str:
    return f"{number / GB:.1f}"


def _names(holders: Sequence[str]) -> str:
    if not holders:
        return "a task that has just ended"
    if len(holders) == 1:
        return holders[0]
    return f"{holders[0]} and {len(holders) - 1} more"
