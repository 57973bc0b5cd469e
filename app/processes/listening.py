"""The port that the studio listens on: taken, found free, and asked whether anybody answers."""

from __future__ import annotations

import asyncio
import ipaddress
import socket

from app.settings import Settings
from node_registry import DirectorError

ANSWER_WITHIN = 5.0
# So many seconds may somebody not read what was sent to them; then the connection is given up.
UNREAD = 300


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises `studio.port_in_use` or `studio.bad_address`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # A closed connection is kept until all is read: who never reads would keep it for ever.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD * 1000)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        if isinstance(error, PermissionError) or "in use" in str(error):
            raise DirectorError(
                "studio.port_in_use",
                f"Port {port} on {host} is taken, or not yours to take.",
                hint="Stop the program that holds it, or set DIRECTOR_PORT to another port.",
            ) from error
        raise DirectorError(
            "studio.bad_address",
            f"The studio cannot listen on {host}: {error}.",
            hint="Set DIRECTOR_HOST to an address of this machine, such as 127.0.0.1.",
        ) from error
    listening.set_inheritable(True)
    return listening


def check_transport(settings: Settings) -> None:
    """Raises `studio.plain_http` for a studio that would send passwords over a network in the open.

    On this machine alone there is nobody to read them, and behind HTTPS nobody can.
    """
    if settings.secure_cookies or settings.plain_http or _is_loopback(settings.host):
        return
    raise DirectorError(
        "studio.plain_http",
        f"On {settings.host} the studio would send passwords and log-ins unencrypted.",
        hint="Put a proxy with HTTPS in front of it and set DIRECTOR_SECURE_COOKIES=true, or "
        "listen on 127.0.0.1. Only on a network whose every member you trust: "
        "DIRECTOR_PLAIN_HTTP=true.",
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on now, for a studio that nobody else needs to find."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


async def answers(host: str, port: int) -> bool:
    """Whether a web server answers at this address, whatever it says.

    Asked many times while the API starts, so it is the least that can be asked: a client of a
    library costs more than the answer, and the studio's health starts programs.
    """
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(b"HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return (await reader.readline()).startswith(b"HTTP/")
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
