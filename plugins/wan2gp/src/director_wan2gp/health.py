"""Asks an installation of Wan2GP how it is: its MCP server first, then its page."""

from __future__ import annotations

import httpx
import msgspec

from node_registry import Health

from . import asking

VARIABLE = "DIRECTOR_PLUGIN_WAN2GP__URL"
USUAL = "http://127.0.0.1:7866"
START = "python wgp.py --mcp --mcp-transport streamable-http --mcp-port 7866"
# The tools that a job needs from its beginning to its end.
NEEDED = {"wangp_generate", "wangp_get_job", "wangp_cancel_job"}
# Names of its page's functions that no other program's page has together.
PAGE = {"load_queue_action", "process_tasks"}


async def installation(url: str) -> Health:
    """How Wan2GP is. The studio works without it: nothing here is more than degraded."""
    if not url:
        return Health(
            "not_configured", "No address is set.", f"Set {VARIABLE} (usually {USUAL}) to use it."
        )
    try:
        async with asking.client() as client:
            return await _by_mcp(client, url) or await _by_page(client, url)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, asking.TooLarge):
        return Health(
            "degraded",
            "Wan2GP does not answer at its address.",
            f"Start it ({START}), or correct {VARIABLE}; unset it to work without Wan2GP.",
        )


async def _by_mcp(client: httpx.AsyncClient, url: str) -> Health | None:
    """What the MCP server tells, or None when there is none at this address."""
    answered = await asking.call(client, url, "initialize", asking.HELLO)
    if answered is None:
        return None
    try:
        hello = msgspec.convert(answered, asking.Hello)
        listed = await asking.call(client, url, "tools/list", {})
        names = {tool.name for tool in msgspec.convert(listed, asking.Tools).tools}
    except msgspec.ValidationError:
        return None
    if not any(name.startswith("wangp_") for name in names):
        return Health(
            "degraded",
            f"An MCP server answers that is not Wan2GP's: {asking.plain(hello.serverInfo.name)}.",
            f"Correct {VARIABLE}.",
        )
    if missing := sorted(NEEDED - names):
        return Health(
            "degraded",
            f"Wan2GP's MCP server does not offer {', '.join(missing)}.",
            "Update Wan2GP.",
        )
    library = asking.plain(hello.serverInfo.version)
    # What it tells as its version is that of the library which it speaks MCP with.
    return Health("ok", f"Wan2GP answers over MCP with {len(names)} tools (library {library}).")


async def _by_page(client: httpx.AsyncClient, url: str) -> Health:
    status, body = await asking.get(client, url, "config")
    if status in (401, 403):
        return Health(
            "degraded",
            f"What is at Wan2GP's address wants a name and a password (HTTP {status}).",
            f"Write them into {VARIABLE}, https://name:password@host, or start it without.",
        )
    try:
        page = msgspec.json.decode(body, type=asking.Page)
    except (ValueError, RecursionError):
        page = asking.Page()
    if not {part.api_name for part in page.dependencies} >= PAGE:
        return Health(
            "degraded",
            f"Something answers at Wan2GP's address that is not Wan2GP (HTTP {status}).",
            f"Correct {VARIABLE}.",
        )
    return Health(
        "degraded",
        f"Wan2GP's page answers (Gradio {asking.plain(page.version)}), which is no API.",
        f"Start its MCP server instead, and name that address: {START}.",
    )
