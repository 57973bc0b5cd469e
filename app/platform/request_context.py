"""Where the request that is being answered comes from, for logs that name it."""

from __future__ import annotations

import contextvars

client_address: contextvars.ContextVar[str] = contextvars.ContextVar("client_address", default="")
"""The network address of whoever asks, seen through trusted proxies; empty for the studio."""
