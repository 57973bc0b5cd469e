"""What people get wrong, given to the program itself: one sentence that helps, and nothing made.

Each test runs `director` as a process of its own and looks at its status, at what it says, and at
what it leaves: files beside the film, projects in the data folder, processes.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.processes.studio_lock import StudioLock

ROOT = Path(__file__).resolve().parents[2]
DIRECTOR = [sys.executable, "-m", "app.cli"]
STORY = "A girl lets a paper boat go in a flooded street, and the town opens its windows.\n"
# Nobody listens there: port 9 is for discarding what is sent.
NOBODY = "127.0.0.1:9"
BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE FinalDraft [<!ENTITY a "aaaaaaaaaa">%s]>
<FinalDraft><Content><Paragraph Type="Action"><Text>&z9;</Text></Paragraph></Content></FinalDraft>
""" % b"".join(
    b'<!ENTITY z%d "%s">' % (n, (b"&z%d;" % (n - 1) if n else b"&a;") * 10) for n in range(10)
)

pytestmark = pytest.mark.system


class Desk:
    """A folder of one's own to work in, with a data folder beside it, and what was said there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.work = folder / "work"
        self.home = folder / "home"
        self.under: list[str] = []
        self.work.mkdir()
        self.script = self.work / "boat.txt"
        self.script.write_text(STORY)

    def start(self, *arguments: str | Path, **environ: str) -> subprocess.Popen[str]:
        """`director …` here; what it says is kept for `end`."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("DIRECTOR_")}
        fields = {"DIRECTOR_HOME": str(self.home), "DIRECTOR_WORKERS": "1", "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            [*self.under, *DIRECTOR, *arguments], cwd=self.work, env={**kept, **fields, **environ},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def end(self, process: subprocess.Popen[str], status: int = 1) -> str:
        """Wait for the end; what was said, if it was said as it must be."""
        out, said = process.communicate(timeout=60)
        assert process.returncode == status, said
        assert out == ""
        assert "Traceback" not in said
        return " ".join(said.split())

    def refuse(self, *arguments: str | Path, **environ: str) -> str:
        """What `director …` says when it refuses; nothing may be left of it."""
        before = self.files()
        said = self.end(self.start(*arguments, **environ))
        # A code, a sentence, and what to do: never a page, never nothing.
        assert re.match(r"[a-z]+\.[a-z_]+ .{15,}", said), said
        assert len(said) < 600
        assert self.files() == before
        self.nothing_left()
        return said

    def files(self) -> set[str]:
        """What lies in the folder that is worked in."""
        return {str(path.relative_to(self.work)) for path in self.work.rglob("*")}

    def projects(self) -> list[str]:
        """The projects in the data folder, half made ones too."""
        with contextlib.suppress(FileNotFoundError):
            return os.listdir(self.home / "workspace" / "Projects")
        return []

    def processes(self) -> list[int]:
        """The processes that know this data folder: all that a studio starts."""
        mark = os.fsencode(str(self.home))
        found = []
        for entry in Path("/proc").iterdir():
            # A process may end while we look, or be somebody else's.
            with contextlib.suppress(OSError):
                if not entry.name.isdigit():
                    continue
                seen = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
                if mark in seen and int(entry.name) != os.getpid():
                    found.append(int(entry.name))
        return found

    def nothing_left(self) -> None:
        """No process, no project, no unfinished file, and no address of a studio that is gone."""
        deadline = time.monotonic() + 5
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert self.processes() == []
        assert self.projects() == []
        assert not (self.home / "studio.json").exists()
        assert [name for name in self.files() if name.endswith(".part")] == []


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    for pid in desk.processes():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


# A disk of 16 MB that only this command sees; what lies on it in the end is listed beside it.
ON_SMALL_DISK = """
mount -t tmpfs -o size=16m tmpfs "$0" && head -c "$1" /dev/zero > "$0/filler"; shift
"$@"; status=$?; ls -A "$0" > "$0.listing"; exit $status
"""


def on_small_disk(place: Path, filled: int) -> list[str]:
    """The beginning of a command line that runs with a disk at `place`, `filled` bytes full."""
    place.mkdir()
    rights = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
    return ["unshare", *rights, "--mount", "sh", "-c", ON_SMALL_DISK, str(place), str(filled)]


SCRIPTS = [
    ("boat.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "a PNG picture"),
    ("boat.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\n", "a PDF"),
    ("boat.docx", b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml word/", "a Word file"),
    ("boat.txt", bytes(range(256)) * 16, "a binary file"),
    ("boat.txt", b"boat", "only 1 word"),
    ("boat.txt", b"", "no text"),
    ("boat.txt", b" \r\n\t\n", "no text"),
    ("boat.fdx", b"<?xml version='1.0'?><FinalDraft><Content><Para", "Final Draft"),
    ("boat.fdx", b"<?xml version='1.0'?><html><body>A boat.</body></html>", "Final Draft"),
    ("boat.fdx", BOMB, "entit"),
]


@pytest.mark.parametrize(("name", "data", "words"), SCRIPTS, ids=range(len(SCRIPTS)))
def test_a_script_that_is_none(desk: Desk, name: str, data: bytes, words: str) -> None:
    desk.script.unlink()
    (desk.work / name).write_bytes(data)
    said = desk.refuse("make", name, "-o", "film.mp4")
    assert said.startswith("script."), said
    assert words in said, said
    # Nothing was started for it: not even a data folder was made.
    assert not desk.home.exists()


def test_a_script_of_50_megabytes(desk: Desk) -> None:
    desk.script.write_text(STORY * (50_000_000 // len(STORY)))
    began = time.monotonic()
    assert "50 MB" in desk.refuse("make", desk.script)
    assert time.monotonic() - began < 10
    assert "50 MB" in desk.refuse("breakdown", desk.script)


def test_a_script_that_is_no_file(desk: Desk) -> None:
    assert "There is no file nowhere.txt" in desk.refuse("make", "nowhere.txt")
    # What a console would read as markup is a name like any other.
    assert "no file [/red]x.txt" in desk.refuse("make", "[/red]x.txt")
    assert "is a folder" in desk.refuse("make", ".")
    os.mkfifo(desk.work / "pipe.txt")
    assert "a device or a pipe" in desk.refuse("make", "pipe.txt")
    assert "File name too long" in desk.refuse("make", "x" * 300 + ".txt")
    assert not desk.home.exists()


def test_a_film_that_cannot_be_written_where_it_is_wanted(desk: Desk) -> None:
    assert "There is no folder" in desk.refuse("make", desk.script, "-o", "nowhere/film.mp4")
    assert "does not end in .mp4" in desk.refuse("make", desk.script, "-o", "film.avi")
    (desk.work / "film.mp4").mkdir()
    assert "is a folder" in desk.refuse("make", desk.script, "-o", "film.mp4")
    # Nobody writes there, root neither: `os.access` would say otherwise.
    assert "cannot be written" in desk.refuse("make", desk.script, "-o", "/proc/film.mp4")
    assert not desk.home.exists()


def test_a_format_that_no_film_has(desk: Desk) -> None:
    for resolution in ("wide", "100000x100000", "²x²"):
        said = desk.refuse("make", desk.script, "--resolution", resolution)
        assert said.startswith("project.bad_format"), said
    for rate in ("fast", "24/0", "²"):
        said = desk.refuse("make", desk.script, "--rate", rate)
        assert said.startswith("film.bad_rate"), said
    assert "'--quality'" in desk.end(desk.start("make", desk.script, "--quality", "best"), 2)
    assert not desk.home.exists()


def test_settings_that_cannot_be(desk: Desk) -> None:
    for command in (["up"], ["serve"], ["worker"], ["make", desk.script], ["doctor"]):
        said = desk.refuse(*command, DIRECTOR_PROT="1")
        assert "Is DIRECTOR_PORT meant?" in said
        said = desk.refuse(*command, DIRECTOR_REDIS_URL="http://127.0.0.1")
        assert "it has to be a URL that begins with `redis://`" in said
    for command in (["up"], ["make", desk.script]):
        said = desk.refuse(*command, DIRECTOR_STORAGE="floppy")
        assert "DIRECTOR_STORAGE is 'floppy'; it has to be `local` or `s3`." in said
        said = desk.refuse(*command, DIRECTOR_PLUGIN_STORAGE__BUCKETS="x")
        assert "Is DIRECTOR_PLUGIN_STORAGE__BUCKET meant?" in said
    said = desk.refuse("make", desk.script, DIRECTOR_LEASE_SECONDS="long")
    assert "DIRECTOR_LEASE_SECONDS is 'long'" in said


def test_an_api_or_worker_without_a_database_says_so_alone(desk: Desk) -> None:
    """In one sentence: the web server's traceback is not printed before it."""
    for command in ("serve", "worker"):
        said = desk.end(desk.start(command))
        assert "database.not_configured There is no database to connect to." in said
        assert said.endswith("or set DIRECTOR_DATABASE_URL.")


def test_why_a_part_did_not_start_is_said_whole_by_the_studio(desk: Desk) -> None:
    """A file stands where the store's folder should: the API says so, and `up` what it said."""
    desk.home.mkdir()
    (desk.home / "objects").write_text("no folder")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    said = desk.end(desk.start("up", "--port", port))
    assert " storage." in said, said
    assert "Its log ends" not in said
    assert said.endswith(".")


def test_a_data_folder_that_cannot_be_written(desk: Desk) -> None:
    for home in (desk.script / "home", Path("/proc/home")):
        said = desk.refuse("make", desk.script, DIRECTOR_HOME=str(home))
        assert said.startswith("home.not_writable"), said


def test_a_port_that_is_taken(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"Port {port} on 127.0.0.1 is taken" in desk.refuse("up", "--port", port)


def test_a_second_studio_on_one_data_folder(desk: Desk) -> None:
    with StudioLock(desk.home):
        said = desk.refuse("up", "--port", "8799")
    assert f"Another studio (process {os.getpid()}) works on this data folder" in said


def test_a_database_or_redis_that_is_away(desk: Desk) -> None:
    # Both are waited for, for a while: so at once, each with a data folder of its own.
    other = {"DIRECTOR_HOME": str(desk.folder / "other"), "DIRECTOR_REDIS_URL": f"redis://{NOBODY}"}
    without_redis = desk.start("make", desk.script, **other)
    said = desk.refuse("make", desk.script, DIRECTOR_DATABASE_URL=f"postgresql://a@{NOBODY}/a")
    assert said.startswith("database.unreachable"), said
    assert "DIRECTOR_DATABASE_URL" in said
    said = desk.end(without_redis)
    assert said.startswith("redis.unreachable"), said
    assert "DIRECTOR_REDIS_URL" in said


def test_a_database_that_refuses_the_password(desk: Desk, servers: object) -> None:
    url = re.sub(r":[^:@/]+@", ":wrong@", servers.owner_url())  # type: ignore[attr-defined]
    said = desk.refuse("make", desk.script, DIRECTOR_DATABASE_URL=url)
    assert said.startswith("database.refused"), said
    assert "wrong" not in said


def test_no_git(desk: Desk) -> None:
    programs = desk.folder / "programs"
    programs.mkdir()
    for name in ("setpriv", "unshare", "id", "sh"):
        (programs / name).symlink_to(shutil.which(name) or "/nonexistent")
    said = desk.refuse("make", desk.script, "-o", "film.mp4", PATH=str(programs))
    assert said.startswith("vcs.no_git"), said
    assert "apt-get install git" in said


def test_a_full_disk_under_the_data_folder(desk: Desk) -> None:
    desk.under = on_small_disk(desk.home, 0)
    said = desk.refuse("make", desk.script, "-o", "film.mp4")
    assert "full" in said
    assert "DIRECTOR_HOME" in said
    left = desk.home.with_name("home.listing").read_text().split()
    assert set(left) == {"filler", "logs", "secrets", "studio.lock"}


def test_a_full_disk_under_the_film(desk: Desk) -> None:
    small = desk.folder / "small"
    making = ("make", desk.script, "--resolution", "320x180", "-o")
    # Room for a first try to write there, but not for the film.
    desk.under = on_small_disk(small, 16 * 1024 * 1024 - 16384)
    said = desk.end(desk.start(*making, small / "film.mp4"))
    assert said.startswith("film.not_written"), said
    assert "No space left" in said
    assert desk.folder.joinpath("small.listing").read_text().split() == ["filler"]
    # It was made all the same, and only needs to be fetched.
    desk.under = []
    again = desk.start(*making, "film.mp4", "--json")
    out, said = again.communicate(timeout=60)
    assert again.returncode == 0, said
    assert '"made":0' in out
    assert (desk.work / "film.mp4").stat().st_size > 16384


def test_no_room_at_all_for_the_film(desk: Desk) -> None:
    desk.under = on_small_disk(desk.folder / "small", 16 * 1024 * 1024)
    said = desk.refuse("make", desk.script, "-o", desk.folder / "small" / "film.mp4")
    assert said.startswith("film.not_writable"), said
    assert not desk.home.exists()


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["INT", "TERM"]
)
def test_a_signal_in_the_middle(desk: Desk, number: signal.Signals, status: int) -> None:
    process = desk.start("make", desk.script, "-o", "film.mp4")
    # One comes while a film is made, the other while the servers start.
    awaited = "worker-cpu0.log" if number is signal.SIGINT else "postgres.log"
    deadline = time.monotonic() + 40
    while not (desk.home / "logs" / awaited).exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(number)
    assert desk.end(process, status).startswith("studio.interrupted")
    assert desk.files() == {"boat.txt"}
    desk.nothing_left()
