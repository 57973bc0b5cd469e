"""A real S3 server of one's own: Ceph's radosgw, on a monitor and one store in memory.

It checks signatures, ends links, tells strangers off and expires objects by lifecycle, which moto
does not. `apt-get install --no-install-recommends ceph-mon ceph-osd radosgw` brings it.
"""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import socket
import struct
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

ACCESS_KEY = "studio"
SECRET_KEY = "hush-hush"
WITHIN = 120.0

CONFIGURATION = """
[global]
fsid = {fsid}
mon_initial_members = a
mon_host = v2:127.0.0.1:{monitor}
keyring = {folder}/keyring
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
mon_data = {folder}/mon
osd_data = {folder}/osd
rgw_data = {folder}/rgw
run_dir = {folder}
log_file = {folder}/$name.log
admin_socket = {folder}/$name.asok
pid_file = {folder}/$name.pid
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
mon_allow_pool_size_one = true
mon_data_avail_crit = 1
mon_data_avail_warn = 1
osd_crush_chooseleaf_type = 0
osd_objectstore = memstore
memstore_device_bytes = 4294967296
rgw_frontends = beast endpoint=127.0.0.1:{port}
rgw_dynamic_resharding = false
rgw_override_bucket_index_max_shards = 1
rgw_run_sync_thread = false
"""


class Radosgw:
    """The server's processes. `stop` and `start` switch the S3 server off and on again; what it
    keeps stays in the store beneath.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self._gateway: subprocess.Popen[bytes] | None = None
        self._port = _free_port()
        self._monitor = _free_port()
        self._fsid = str(uuid.uuid4())
        self.address = f"http://127.0.0.1:{self._port}"

    def build(self) -> None:
        """Start the monitor and the store, then the gateway with one user."""
        folder = self._folder
        text = CONFIGURATION.format(
            fsid=self._fsid, monitor=self._monitor, folder=folder, port=self._port
        )
        (folder / "ceph.conf").write_text(text)
        (folder / "keyring").write_text("".join(map(_keyring, ("mon.", "client.admin", "osd.0"))))
        place = f"[v2:127.0.0.1:{self._monitor}]"
        self._call("monmaptool", "--create", "--addv", "a", place, "--fsid", self._fsid, "monmap")
        self._call("ceph-mon", "--mkfs", "-i", "a", "--monmap", "monmap", "--keyring", "keyring")
        self._run("ceph-mon", "-f", "-i", "a")
        store = str(uuid.uuid4())
        self._call("ceph", "osd", "new", store, "0")
        (folder / "osd").mkdir()
        self._call("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", store)
        self._run("ceph-osd", "-f", "-i", "0")
        self.start()
        self._call(
            "radosgw-admin", "user", "create", "--uid=studio", "--display-name=studio",
            f"--access-key={ACCESS_KEY}", f"--secret-key={SECRET_KEY}",
        )  # fmt: skip

    def start(self) -> None:
        """Switch the S3 server on; it answers when this returns."""
        self._gateway = self._run("radosgw", "-f", "-n", "client.admin")
        ends = time.monotonic() + WITHIN
        while time.monotonic() < ends:
            assert self._gateway.poll() is None, self._told()
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", self._port), timeout=1),
            ):
                return
            time.sleep(0.1)
        raise AssertionError(f"radosgw did not answer within {WITHIN:g} s: {self._told()}")

    def stop(self) -> None:
        """Switch the S3 server off as a failing machine does."""
        assert self._gateway is not None
        self._gateway.kill()
        self._gateway.wait()
        self._processes.remove(self._gateway)
        self._gateway = None

    def expire(self) -> None:
        """Let the server apply the rules for the life of objects, a day of which is a second."""
        self._call("radosgw-admin", "lc", "process", "--rgw-lc-debug-interval=1")

    def close(self) -> None:
        """End all processes."""
        for process in reversed(self._processes):
            process.kill()
        for process in self._processes:
            process.wait()

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "CEPH_CONF": str(self._folder / "ceph.conf")}

    def _run(self, *command: str) -> subprocess.Popen[bytes]:
        with (self._folder / f"{command[0]}.out").open("ab") as output:
            process = subprocess.Popen(
                command, cwd=self._folder, env=self._environment(), stdin=subprocess.DEVNULL,
                stdout=output, stderr=output,
            )  # fmt: skip
        self._processes.append(process)
        return process

    def _call(self, *command: str) -> None:
        done = subprocess.run(
            command, cwd=self._folder, env=self._environment(), stdin=subprocess.DEVNULL,
            capture_output=True, timeout=WITHIN, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{command[0]}: {done.stderr.decode()[-2000:]}"

    def _told(self) -> str:
        return (self._folder / "radosgw.out").read_text()[-2000:]


def _keyring(name: str) -> str:
    key = base64.b64encode(struct.pack("<HIIH", 1, 0, 0, 16) + os.urandom(16)).decode()
    caps = "".join(f'\tcaps {part} = "allow *"\n' for part in ("mon", "osd", "mgr"))
    return f"[{name}]\n\tkey = {key}\n{caps}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def radosgw(folder: Path) -> Iterator[Radosgw]:
    """A server while the block runs."""
    missing = [name for name in ("ceph-mon", "ceph-osd", "radosgw") if shutil.which(name) is None]
    assert not missing, f"missing: {', '.join(missing)}; apt-get install {' '.join(missing)}"
    server = Radosgw(folder)
    try:
        server.build()
        yield server
    finally:
        server.close()
