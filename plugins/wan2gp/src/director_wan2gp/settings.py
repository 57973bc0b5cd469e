"""What an operator may set about Wan2GP: `DIRECTOR_PLUGIN_WAN2GP__<FIELD>`."""

from __future__ import annotations

from typing import Annotated

import msgspec

Address = Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s/?#]+[^\s?#]*)?$", max_length=500)]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`url` is the address of its MCP server, or of its page; without it the plugin asks nobody.

    For a proxy that wants a name and a password, write them into the address: Wan2GP itself
    knows no users to keep out.
    """

    url: Address = ""
