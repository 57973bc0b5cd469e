"""How Wan2GP is spoken to: single calls to its MCP server, and its page's own description."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec

WITHIN = 4.0
# The description of its page, with all its fields and choices, is some megabytes.
LARGEST = 16_000_000
HELLO = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "movie-director", "version": "0"},
}


class TooLarge(Exception):
    """An answer that is larger than any that Wan2GP gives."""


class Named(msgspec.Struct):
    """Whatever has a name, and perhaps a version."""

    name: str
    version: str = ""


class Hello(msgspec.Struct):
    """The answer to `initialize`, in its own spelling."""

    serverInfo: Named


class Tools(msgspec.Struct):
    """The answer to `tools/list`."""

    tools: list[Named]


class Handler(msgspec.Struct):
    """A function of a Gradio page; `api_name` is false for those that have no name."""

    api_name: str | bool | None = None


class Page(msgspec.Struct):
    """A Gradio page's description of itself, as far as we use it."""

    version: str = ""
    dependencies: list[Handler] = []


@asynccontextmanager
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A client for one look: all that is asked with it has four seconds."""
    # A proxy of the environment is for the web, and would not find a server on this machine.
    async with (
        asyncio.timeout(WITHIN),
        httpx.AsyncClient(timeout=WITHIN, trust_env=False) as opened,
    ):
        yield opened


async def call(
    opened: httpx.AsyncClient, url: str, method: str, params: dict[str, Any]
) -> object | None:
    """The result of an MCP call, or None when no MCP server answers here.

    Wan2GP keeps no session: a call is one POST with one JSON answer.
    """
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    # It redirects /mcp to /mcp/.
    status, body = await _read(
        opened.stream(
            "POST",
            url.rstrip("/") + "/mcp/",
            json=request,
            headers={"Accept": "application/json, text/event-stream"},
        )
    )
    if status != 200:
        return None
    try:
        answer = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return None
    return answer.get("result") if isinstance(answer, dict) else None


async def get(opened: httpx.AsyncClient, url: str, path: str) -> tuple[int, bytes]:
    """The status and the body of a page."""
    return await _read(opened.stream("GET", f"{url.rstrip('/')}/{path}"))


def plain(text: str) -> str:
    """A server's text, fit to be shown: one short line."""
    return "".join(letter for letter in text if letter.isprintable())[:80] or "unknown"


async def _read(request: Any) -> tuple[int, bytes]:
    body = bytearray()
    async with request as answer:
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) > LARGEST:
                raise TooLarge
        return answer.status_code, bytes(body)
