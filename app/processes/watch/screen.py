"""The terminal of `director watch`: a line for each thing that happened, a bar for each task."""

from __future__ import annotations

import time
from types import TracebackType

from director_client import Project
from director_client.events import (
    AssetChanged,
    CatchUp,
    Connected,
    Disconnected,
    Event,
    EventsDropped,
    FullSync,
    NodeStateUpdated,
    OpsStored,
    Person,
    PresenceChanged,
    ProjectChanged,
    QueueChanged,
    StaleChanged,
    TaskFailed,
    TaskProgressed,
    TaskSucceeded,
    Welcome,
)
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

from .change_summary import MAX_NAMED, Labels, summarise

# The same line again, so soon, says nothing: somebody types, or drags.
REPEAT_AFTER = 5.0


class Screen:
    """Shows events. Without a terminal there are lines alone."""

    def __init__(self, project: Project, console: Console) -> None:
        self._project = project
        self._console = console
        self._labels = Labels(project.graph)
        self._names: dict[str, str] = {}
        self._here: dict[str, Person] = {}
        self._bars: dict[str, tuple[TaskID, str]] = {}
        self._printed: dict[str, float] = {}
        self._progress = Progress(
            TextColumn("  {task.description:<28.28}"),
            BarColumn(bar_width=32),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("[dim]{task.fields[step]}", markup=True),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Screen:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def show(self, event: Event) -> None:
        """Show one event."""
        match event:
            case Welcome():
                self._welcomed(event)
            case FullSync():
                self._labels.refresh()
            case Connected() if event.reconnected:
                self._print(f"Back again, at version {self._project.graph.version}.", "green")
            case Disconnected():
                self._print(
                    f"The connection was lost: {event.reason.rstrip('.')}. "
                    f"The next try is in {event.retry_in:.1f} s.",
                    "yellow",
                )
                self._clear_bars()
            case EventsDropped():
                self._print(f"{event.count} events came too fast to be shown.", "yellow")
            case OpsStored() | CatchUp():
                self._edited(event)
            case PresenceChanged():
                self._people(event)
            case NodeStateUpdated():
                if event.state not in ("generating", "pending_request"):
                    self._drop_bars(event.node_id)
            case TaskProgressed():
                self._progressed(event)
            case TaskSucceeded():
                self._drop_bar(event.task_id)
                name = str(event.result.get("name") or "a take")
                self._print(f"✓ {self._labels.of(event.node_id)}: {name}", "green")
            case TaskFailed():
                self._drop_bar(event.task_id)
                line = f"✗ {self._labels.of(event.node_id)}: {event.error} {event.hint}"
                self._print(line.rstrip(), "red")
            case QueueChanged():
                self._queued(event)
            case StaleChanged():
                shown = "; ".join(
                    f"{n.label}: {' '.join(n.reasons)}" for n in event.nodes[:MAX_NAMED]
                )
                if event.nodes:
                    self._print(f"{_count(len(event.nodes), 'node')} stale. {shown}", "dim")
            case ProjectChanged():
                self._print(f"{self._name(event.by)} changed the project's {event.kind}.")
            case AssetChanged():
                self._print(f"{self._name(event.by)} brought a file ({event.kind}).")
            case _:
                pass

    def _print(self, line: str, style: str = "") -> None:
        now = time.monotonic()
        if now - self._printed.get(line, -REPEAT_AFTER) < REPEAT_AFTER:
            return
        self._printed = {
            printed: at for printed, at in self._printed.items() if now - at < REPEAT_AFTER
        }
        self._printed[line] = now
        # What people call things is text, never markup, and never what steers a terminal.
        plain = "".join(letter if letter.isprintable() else " " for letter in line)
        text = Text.assemble((f"{time.strftime('%H:%M:%S')}  ", "dim"), (plain, style))
        self._console.print(text, soft_wrap=True)

    def _name(self, user_id: str) -> str:
        return self._names.get(user_id, "Somebody")

    def _welcomed(self, event: Welcome) -> None:
        self._names[event.user_id] = event.name
        others = [p for p in event.people if p.session_id != event.session_id]
        self._names |= {person.user_id: person.name for person in others}
        if not self._here:
            names = ", ".join(dict.fromkeys(person.name for person in others)) or "nobody else"
            self._print(f"At version {event.version}. Here: {names}.", "bold")
        self._here = {person.session_id: person for person in others}

    def _edited(self, event: OpsStored | CatchUp) -> None:
        if isinstance(event, CatchUp) and event.transactions is None:
            self._labels.refresh()
            if event.version > event.since:
                self._print(f"Meanwhile there were {event.version - event.since} changes.")
        for stored in event.transactions or ():
            for change in summarise(stored, self._labels):
                self._print(f"{self._name(stored.user_id)} {change}.")

    def _people(self, event: PresenceChanged) -> None:
        me = self._project.me.session_id if self._project.me else ""
        for person in event.people:
            if person.session_id == me:
                continue
            self._names[person.user_id] = person.name
            before = self._here.get(person.session_id)
            self._here[person.session_id] = person
            if before is None:
                if sum(p.user_id == person.user_id for p in self._here.values()) == 1:
                    self._print(f"{person.name} came.", "cyan")
            elif person.away != before.away:
                line = "lost the connection" if person.away else "is back"
                self._print(f"{person.name} {line}.", "cyan")
        for session_id in event.gone:
            person = self._here.pop(session_id, None)
            if person and all(p.user_id != person.user_id for p in self._here.values()):
                self._print(f"{person.name} left.", "cyan")

    def _queued(self, event: QueueChanged) -> None:
        if not event.entries:
            return
        shown = [f"{self._labels.of(entry.node_id)}: {entry.cause}" for entry in event.entries]
        more = f" and {len(shown) - MAX_NAMED} more" if len(shown) > MAX_NAMED else ""
        self._print(f"Waiting: {'; '.join(shown[:MAX_NAMED])}{more}", "dim")

    def _progressed(self, event: TaskProgressed) -> None:
        bar = self._bars.get(event.task_id)
        if bar is None:
            made = self._progress.add_task(self._labels.of(event.node_id), total=100, step="")
            bar = self._bars[event.task_id] = (made, event.node_id)
        step = event.step[:60].replace("[", "\\[")
        self._progress.update(bar[0], completed=event.progress, step=step)

    def _drop_bar(self, task_id: str) -> None:
        bar = self._bars.pop(task_id, None)
        if bar is not None:
            self._progress.remove_task(bar[0])

    def _drop_bars(self, node_id: str) -> None:
        for task_id in [t for t, (_, of) in self._bars.items() if of == node_id]:
            self._drop_bar(task_id)

    def _clear_bars(self) -> None:
        for task_id in list(self._bars):
            self._drop_bar(task_id)


def _count(number: int, what: str) -> str:
    return f"1 {what} is" if number == 1 else f"{number} {what}s are"
