"""Redis (or Valkey): one client for a process. What lies there can be lost without losing work."""

from __future__ import annotations

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

CONNECTION_ERRORS = (RedisConnectionError, RedisTimeoutError, OSError)

__all__ = ["CONNECTION_ERRORS", "RedisError", "client", "close", "connect"]

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
