"""The supervisor with real processes: what dies comes back, what is stopped stays down."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.processes.child import Child
from app.processes.supervisor import Event, Supervisor
from node_registry import DirectorError


def shell(folder: Path, name: str, script: str, **settings) -> Child:
    """A child that is ready once it has made the file of its name."""
    mark = folder / f"{name}.ready"

    async def prepare() -> None:
        mark.unlink(missing_ok=True)

    async def ready() -> bool:
        return mark.exists()

    return Child(
        name=name,
        argv=["sh", "-c", script, "sh", str(mark)],
        log_path=folder / f"{name}.log",
        prepare=prepare,
        ready=ready,
        **settings,
    )


SERVE = 'touch "$1"; exec sleep 60'


async def until(condition, seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for lies in the file system
            await asyncio.sleep(0.01)


def alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    return False


def is_asleep(pid: int) -> bool:
    """Whether the process runs its program, `sleep`, already."""
    return Path(f"/proc/{pid}/comm").read_text().strip() == "sleep"


async def test_a_killed_child_is_started_again_with_all_that_it_had_started_gone(
    tmp_path: Path,
) -> None:
    events: list[Event] = []
    leaves = f"sleep 61 & echo $! > {tmp_path}/grandchild; {SERVE}"
    async with Supervisor(on_event=events.append, back_off=(0, 0, 0)) as supervisor:
        await supervisor.start(shell(tmp_path, "worker", leaves))
        first, grandchild = supervisor.pids["worker"], int((tmp_path / "grandchild").read_text())
        assert first is not None
        assert alive(grandchild)
        os.kill(first, signal.SIGKILL)
        await until(lambda: [e.kind for e in events] == ["started", "died", "started"])
        assert not alive(grandchild)
        assert supervisor.pids["worker"] not in (None, first)
        assert "by signal KILL" in events[1].sentence
    assert events[-1].kind == "stopped"


async def test_what_dies_again_and_again_is_given_up_with_its_last_words(tmp_path: Path) -> None:
    events: list[Event] = []
    twice = 'echo "the card fell off" >&2; touch "$1"; sleep 0.05; exit 3'
    async with Supervisor(on_event=events.append, back_off=(0, 0.01, 0.02)) as supervisor:
        await supervisor.start(shell(tmp_path, "api", twice))
        with pytest.raises(DirectorError, match="the card fell off") as caught:
            await asyncio.wait_for(supervisor.wait(), 60)
    assert "3 times" in caught.value.message
    assert "with status 3" in caught.value.message
    kinds = [event.kind for event in events]
    assert kinds == ["started", "died", "started", "died", "started", "gave_up"]


async def test_a_child_that_lived_well_is_not_counted_against(tmp_path: Path) -> None:
    events: list[Event] = []
    lives = 'touch "$1"; sleep 0.5; exit 1'
    async with Supervisor(on_event=events.append, back_off=(0,), steady=0.01) as supervisor:
        await supervisor.start(shell(tmp_path, "worker", lives))
        # With a single chance, one death that counted would be the last.
        await until(lambda: [e.kind for e in events].count("started") == 3)


async def test_the_studio_goes_on_without_a_child_that_is_not_essential(tmp_path: Path) -> None:
    events: list[Event] = []
    broken = shell(tmp_path, "gpu", 'touch "$1"; sleep 0.05; exit 1', essential=False)
    async with Supervisor(on_event=events.append, back_off=(0, 0)) as supervisor:
        await supervisor.start(shell(tmp_path, "api", SERVE), broken)
        await until(lambda: any("again in 60 s" in event.sentence for event in events))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(supervisor.wait(), 0.05)
        assert supervisor.pids["api"] is not None


async def test_a_first_start_that_fails_says_why_at_once(tmp_path: Path) -> None:
    async with Supervisor() as supervisor:
        with pytest.raises(DirectorError, match="no such model") as caught:
            await supervisor.start(shell(tmp_path, "worker", "echo no such model; exit 2"))
        assert caught.value.code == "process.ended"
        slow = shell(tmp_path, "slow", "exec sleep 60", ready_timeout=0.1)
        with pytest.raises(DirectorError, match="0 s") as caught:
            await supervisor.start(slow)
        assert caught.value.code == "process.not_ready"
        assert supervisor.pids == {"worker": None, "slow": None}
        missing = Child(
            name="ghost", argv=["/nowhere/ghost"], log_path=tmp_path / "g", ready=slow.ready
        )
        with pytest.raises(DirectorError, match="ghost"):
            await supervisor.start(missing)


async def test_stages_stop_in_reverse_and_a_deaf_child_is_killed(tmp_path: Path) -> None:
    order = tmp_path / "order"
    polite = "trap 'echo {} >> {}; exit 0' TERM; touch \"$1\"; while :; do sleep 0.02; done"
    deaf = 'trap "" TERM; touch "$1"; while :; do sleep 0.02; done'
    started = time.monotonic()
    async with Supervisor() as supervisor:
        await supervisor.start(shell(tmp_path, "database", polite.format("database", order)))
        await supervisor.start(shell(tmp_path, "api", polite.format("api", order)))
        await supervisor.start(
            shell(tmp_path, "worker", polite.format("worker", order)),
            shell(tmp_path, "deaf", deaf, stop_timeout=0.2),
        )
        pids = [pid for pid in supervisor.pids.values() if pid]
        assert len(pids) == 4
    assert order.read_text().split() == ["worker", "api", "database"]
    assert not any(alive(pid) for pid in pids)
    assert time.monotonic() - started < 5


async def test_guarded_work_ends_with_its_result_with_a_signal_or_with_what_it_needs(
    tmp_path: Path,
) -> None:
    async def work(seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "film"

    async with Supervisor(back_off=(0,)) as supervisor:
        await supervisor.start(shell(tmp_path, "api", SERVE))
        assert await supervisor.guard(work(0.01)) == "film"
        asyncio.get_running_loop().call_later(0.05, os.kill, os.getpid(), signal.SIGTERM)
        with pytest.raises(DirectorError, match="by signal TERM") as caught:
            await supervisor.guard(work(30))
        assert caught.value.code == "studio.interrupted"

    async with Supervisor(back_off=(0,)) as supervisor:
        await supervisor.start(shell(tmp_path, "api", SERVE))
        pid = supervisor.pids["api"]
        assert pid is not None
        asyncio.get_running_loop().call_later(0.05, os.kill, pid, signal.SIGKILL)
        with pytest.raises(DirectorError, match="api was started"):
            await supervisor.guard(work(30))


async def test_a_second_signal_kills_what_takes_too_long_to_stop(tmp_path: Path) -> None:
    deaf = 'trap "" TERM; touch "$1"; while :; do sleep 0.02; done'
    loop = asyncio.get_running_loop()
    async with Supervisor() as supervisor:
        await supervisor.start(shell(tmp_path, "deaf", deaf, stop_timeout=30))
        for moment in (0.05, 0.4):
            loop.call_later(moment, os.kill, os.getpid(), signal.SIGTERM)
        assert await supervisor.wait() is signal.SIGTERM
        asked = time.monotonic()
    assert time.monotonic() - asked < 10


async def test_a_signal_during_the_start_ends_it_and_what_was_starting(tmp_path: Path) -> None:
    async with Supervisor() as supervisor:
        never = shell(tmp_path, "database", "exec sleep 60")
        asyncio.get_running_loop().call_later(0.2, os.kill, os.getpid(), signal.SIGINT)
        work = supervisor.guard(supervisor.start(never, shell(tmp_path, "valkey", SERVE)))
        watch = asyncio.create_task(work)
        await until(lambda: all(supervisor.pids.values()) and len(supervisor.pids) == 2)
        pids = [pid for pid in supervisor.pids.values() if pid]
        with pytest.raises(DirectorError, match="by signal INT"):
            await watch
    assert not any(alive(pid) for pid in pids)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_outlives_the_supervisor(tmp_path: Path, number: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    assert len(pids) == 2
    assert all(alive(pid) for pid in pids)
    # What sees to it that they end with their parent is the first thing that they do.
    deadline = time.monotonic() + 3
    while not all(is_asleep(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.01)
    parent.send_signal(number)
    _, said = parent.communicate(timeout=60)
    assert "api is ready." in said
    assert parent.returncode == (0 if number != signal.SIGKILL else -9)
    deadline = time.monotonic() + 3
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(alive(pid) for pid in pids)


def test_what_is_told_to_ignore_a_hangup_ignores_it(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        ["sh", "-c", 'trap "" HUP; exec "$0" "$@"', sys.executable, "-c", _PARENT, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    parent.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        parent.wait(0.3)
    assert all(alive(pid) for pid in pids)
    parent.send_signal(signal.SIGTERM)
    parent.communicate(timeout=60)
    assert not any(alive(pid) for pid in pids)


def test_a_background_job_of_a_script_answers_sigint(tmp_path: Path) -> None:
    ignoring = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh"]
    parent = subprocess.Popen(
        [*ignoring, sys.executable, "-c", _PARENT, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    assert len(pids) == 2
    parent.send_signal(signal.SIGINT)
    parent.communicate(timeout=60)
    assert not any(alive(pid) for pid in pids)


_PARENT = """
import asyncio, sys
from pathlib import Path
from app.platform.telemetry import configure_logs
from app.processes.child import Child
from app.processes.supervisor import Supervisor
configure_logs("info", "json", role="up")
async def yes():
    return True
async def main():
    async with Supervisor() as supervisor:
        await supervisor.start(*(
            Child(name=n, argv=["sleep", "60"], log_path=Path(sys.argv[1]) / n, ready=yes)
            for n in ("api", "worker")))
        print(*supervisor.pids.values(), flush=True)
        await supervisor.wait()
asyncio.run(main())
"""


HELD = f'read word; echo "$word" >> "$1.words"; {SERVE}'


async def test_a_held_child_is_started_at_once_and_works_when_it_gets_its_word(
    tmp_path: Path,
) -> None:
    go = asyncio.Event()
    events: list[Event] = []
    # What it is given to become ready counts from its word on.
    held = shell(tmp_path, "api", HELD, start_signal=go, ready_timeout=2.0)
    async with Supervisor(on_event=events.append, back_off=(0, 0)) as supervisor:
        starting = asyncio.create_task(supervisor.start(held))
        await until(lambda: supervisor.pids.get("api") is not None)
        await asyncio.sleep(0.1)
        assert not starting.done()
        assert not (tmp_path / "api.ready").exists()
        go.set()
        await starting
        words = tmp_path / "api.ready.words"
        assert words.read_text() == "go\n"
        # One that died is started again, and need not wait any more.
        pid = supervisor.pids["api"]
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await until(lambda: [e.kind for e in events] == ["started", "died", "started"])
        assert words.read_text() == "go\ngo\n"


async def test_a_held_child_that_ends_before_its_word_says_why(tmp_path: Path) -> None:
    broken = shell(tmp_path, "api", "echo no such module; exit 3", start_signal=asyncio.Event())
    async with Supervisor() as supervisor:
        with pytest.raises(DirectorError, match="no such module"):
            await asyncio.wait_for(supervisor.start(broken), 60)


async def test_a_held_child_is_gone_when_the_start_is_given_up(tmp_path: Path) -> None:
    held = shell(tmp_path, "api", HELD, start_signal=asyncio.Event())
    async with Supervisor() as supervisor:
        starting = asyncio.create_task(supervisor.start(held))
        await until(lambda: supervisor.pids.get("api") is not None)
        pid = supervisor.pids["api"]
        assert pid is not None
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        assert not alive(pid)


def test_a_process_that_gets_another_word_or_none_ends() -> None:
    for said in ("", "stop\n"):
        code = "from app.processes.standby import wait_for_start as w; w(); print('worked')"
        ended = subprocess.run(
            [sys.executable, "-c", code], input=said, capture_output=True, text=True, timeout=60
        )
        assert (ended.returncode, ended.stdout) == (1, "")


async def test_a_child_that_is_retired_ends_when_it_is_free_and_stays_away(tmp_path: Path) -> None:
    events: list[Event] = []
    # It is busy until the file is there, whatever it is asked meanwhile.
    busy = (
        'trap "asked=1" USR1; touch "$1"; '
        f'until [ -n "$asked" ] && [ -e {tmp_path}/free ]; do sleep 0.02; done'
    )
    async with Supervisor(on_event=events.append, back_off=(0, 0, 0)) as supervisor:
        await supervisor.start(shell(tmp_path, "one", SERVE), shell(tmp_path, "two", busy))
        pid = supervisor.pids["two"]
        assert pid is not None
        retiring = asyncio.create_task(supervisor.retire("two"))
        await asyncio.sleep(0.1)
        assert not retiring.done()
        assert alive(pid)
        (tmp_path / "free").touch()
        await asyncio.wait_for(retiring, 60)
        assert supervisor.pids.keys() == {"one"}
        await supervisor.retire("nobody")
        # Its name can be given again.
        await supervisor.start(shell(tmp_path, "two", SERVE))
        assert supervisor.pids["two"] not in (None, pid)
    assert "not needed" in next(e.sentence for e in events if e.kind == "stopped")
