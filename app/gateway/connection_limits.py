"""How many connections there may be, from one network and in all, and how long one may say nothing.

Each connection takes a file descriptor, of which a process has few. Whoever opens many, or sends
the head of a request one letter a minute, is to run out of them before the studio does.
"""

from __future__ import annotations

import asyncio
import ipaddress
import sys
import time
from collections import Counter
from collections.abc import Collection

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.platform.request_context import network_of
from app.platform.telemetry import get_logger

log = get_logger(__name__)

HEADER_SECONDS = 20.0
"""Seconds from a connection, or the first byte of its next request, to the end of its headers."""

MOST_DESCRIPTORS = 65_536
RESERVED_DESCRIPTORS = 192
"""Descriptors for all that is no connection of a client: database, files, git, plugins."""

NETWORK_SHARE = 4
"""One network may have one in so many of all connections."""

UNWANTED_FREE = 1024 * 1024
"""Bytes of a body that are read at full speed after the request was answered without it."""

UNWANTED_RATE = 4 * 1024 * 1024
"""Bytes a second that are read of the rest, so that the client gets to the answer."""

UNWANTED_MOST = 64 * 1024 * 1024
"""Bytes after which the connection is closed instead."""

NEAR = 0.8
LOG_EVERY = 60.0


class ConnectionLimits:
    """The open connections of this process; the API is one process."""

    def __init__(self, most: int) -> None:
        self.configure(most)
        self._network_of: dict[asyncio.BaseTransport, str] = {}
        self._open: Counter[str] = Counter()
        self._logged = -LOG_EVERY

    def __len__(self) -> int:
        return len(self._network_of)

    def configure(self, most: int, unlimited: Collection[str] = ()) -> None:
        """Allow so many, and of addresses that stand for many people (proxies) as many as all."""
        self.most = most
        self.most_of_one = max(8, most // NETWORK_SHARE)
        self._unlimited = [ipaddress.ip_network(one, strict=False) for one in unlimited]

    def admit(self, transport: asyncio.BaseTransport, address: str) -> bool:
        """Count a connection; False when there are too many, and it is not counted."""
        network = network_of(address)
        limited = not self._is_unlimited(address)
        if len(self) >= self.most or (limited and self._open[network] >= self.most_of_one):
            self._log("connections.refused", network)
            return False
        self._network_of[transport] = network
        self._open[network] += 1
        if len(self) > self.most * NEAR:
            self._log("connections.many", network)
        return True

    def release(self, transport: asyncio.BaseTransport) -> None:
        """Forget a connection that ended."""
        network = self._network_of.pop(transport, None)
        if network is None:
            return
        self._open[network] -= 1
        if not self._open[network]:
            del self._open[network]

    def _is_unlimited(self, address: str) -> bool:
        """Whether an address stands for many people: this machine's own, or a proxy's."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return found.is_loopback or any(found in network for network in self._unlimited)

    def _log(self, event: str, network: str) -> None:
        now = time.monotonic()
        if now - self._logged < LOG_EVERY:
            return
        self._logged = now
        log.warning(
            event, open=len(self), most=self.most, network=network, of_it=self._open[network]
        )


LIMITS = ConnectionLimits(1024 - RESERVED_DESCRIPTORS)


class BoundedHttp(HttpToolsProtocol):
    """uvicorn's HTTP with `LIMITS` and a deadline for headers."""

    _deadline: asyncio.TimerHandle | None = None
    _unwanted = 0
    _pause: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if not LIMITS.admit(transport, self.client[0] if self.client else ""):
            transport.abort()
            return
        self._start_deadline()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._unwanted = 0
        self._start_deadline()

    def on_headers_complete(self) -> None:
        self._end_deadline()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        # The rest of a body that nobody reads: whoever is refused is not to fill the loop with it.
        cycle = self.cycle
        if cycle is None or not (cycle.response_complete and cycle.more_body):
            return
        self._unwanted += len(data)
        if self._unwanted > UNWANTED_MOST:
            self.transport.abort()
        elif self._unwanted > UNWANTED_FREE and self._pause is None:
            self.flow.pause_reading()
            self._pause = self.loop.call_later(len(data) / UNWANTED_RATE, self._read_on)

    def _read_on(self) -> None:
        self._pause = None
        self.flow.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_deadline()
        if self._pause is not None:
            self._pause.cancel()
        LIMITS.release(self.transport)
        super().connection_lost(exc)

    def _start_deadline(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEADER_SECONDS, self._give_up)

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self.transport.abort()


def prepare_connections(unlimited: Collection[str]) -> None:
    """Take as many file descriptors as the machine gives, and limit connections by them."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    there_are = most if soft == resource.RLIM_INFINITY else soft
    LIMITS.configure(max(64, there_are - RESERVED_DESCRIPTORS), unlimited)
