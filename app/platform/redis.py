"""Redis (or Valkey): one client for a process. What lies there can be lost without losing work."""

from __future__ import annotations

import asyncio

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import AuthenticationError, RedisError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from node_registry import DirectorError

CONNECTION_ERRORS = (RedisConnectionError, RedisTimeoutError, OSError)

__all__ = ["CONNECTION_ERRORS", "RedisError", "check", "client", "close", "connect"]

_client: redis.Redis | None = None


def connect(url: str) -> redis.Redis:
    """Make this process's client. It connects when it is first used, and again after a loss."""
    global _client
    _client = redis.Redis.from_url(
        url,
        socket_connect_timeout=5,
        socket_timeout=30,
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), 3),
        retry_on_error=[RedisConnectionError],
    )
    return _client


async def check(url: str, *, patience: float = 5.0) -> None:
    """See that a server answers at this address. Raises `redis.unreachable` or `redis.refused`.

    Without this nothing would say so: tasks would wait, since all else goes on without Redis.
    """
    try:
        probe = redis.Redis.from_url(url, socket_connect_timeout=patience, socket_timeout=patience)
    except ValueError as error:
        raise DirectorError("redis.bad_url", f"DIRECTOR_REDIS_URL: {error}", status=503) from error
    deadline = asyncio.get_running_loop().time() + patience
    try:
        while True:
            try:
                await probe.ping()
                return
            except AuthenticationError as error:
                raise DirectorError(
                    "redis.refused",
                    "Redis refused the user name or the password.",
                    hint="Check DIRECTOR_REDIS_URL.",
                    status=503,
                ) from error
            except (*CONNECTION_ERRORS, RedisError) as error:
                if asyncio.get_running_loop().time() > deadline:
                    raise DirectorError(
                        "redis.unreachable",
                        f"Redis did not answer within {patience:.0f} s.",
                        hint="Start it, check DIRECTOR_REDIS_URL, or run `director doctor`.",
                        status=503,
                    ) from error
                await asyncio.sleep(0.2)
    finally:
        await probe.aclose()


def client() -> redis.Redis:
    """This process's client."""
    if _client is None:
        raise RuntimeError("This process has no connection to Redis.")
    return _client


async def close() -> None:
    """Let go of all connections."""
    global _client
    if _client is not None:
        await _client.aclose()
        _client = None
