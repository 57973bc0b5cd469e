"""What an operator may set about Wan2GP: `DIRECTOR_PLUGIN_WAN2GP__<FIELD>`."""

from __future__ import annotations

import re

import msgspec

_ADDRESS = re.compile(r"https?://[^\s/?#]+[^\s?#]*")
LONGEST = 500


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`url` is the address of its MCP server, or of its page; without it the plugin asks nobody.

    For a proxy that wants a name and a password, write them into the address: Wan2GP itself
    knows no users to keep out.
    """

    url: str = ""

    def __post_init__(self) -> None:
        if self.url and (len(self.url) > LONGEST or not _ADDRESS.fullmatch(self.url)):
            raise ValueError("write the whole address, such as http://127.0.0.1:7866")
