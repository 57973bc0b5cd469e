"""What an operator may set about ComfyUI: `DIRECTOR_PLUGIN_COMFYUI__<FIELD>`."""

from __future__ import annotations

import re

import msgspec

_ADDRESS = re.compile(r"https?://[^\s/?#]+[^\s?#]*")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LONGEST = 500
MOST_SERVERS = 64


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`url` is the server's address; without it and without `servers` the plugin asks nobody.

    `servers` names several, one for each card: `render-1=http://10.0.0.5:8188,render-2=http://…`.
    For a proxy that wants a name and a password, write them into the address: ComfyUI itself
    knows no users to keep out.

    `starters` is a folder with templates that are offered beside the plugin's own; one of the same
    file name replaces it.

    In seconds: `silence` is how long a server may leave a question without an answer, `absence`
    how long an attempt waits for one that is being started, `stall` how long a job may wait while
    the server works at nothing, `patience` how long one may run without a word of its progress,
    `grace` how long a cancelled one may go on. `largest_result` is in bytes.
    """

    url: str = ""
    servers: str = ""
    starters: str = ""
    silence: float = 30.0
    absence: float = 120.0
    stall: float = 20.0
    patience: float = 3600.0
    grace: float = 60.0
    largest_result: int = 16 << 30

    def __post_init__(self) -> None:
        if self.url and not _is_address(self.url):
            raise ValueError("write the whole address, such as http://127.0.0.1:8188")
        found = self.addresses()
        if len(found) > MOST_SERVERS:
            raise ValueError(f"name at most {MOST_SERVERS} servers")
        for name, address in found.items():
            if not _NAME.fullmatch(name.removeprefix("comfyui/")) or not _is_address(address):
                raise ValueError(
                    "write servers as render-1=http://10.0.0.5:8188,render-2=http://10.0.0.6:8188"
                )
        if min(self.silence, self.absence, self.stall, self.patience, self.grace) <= 0:
            raise ValueError("write times above zero")

    def addresses(self) -> dict[str, str]:
        """The address of each server, by the name that people read (`comfyui/render-1`)."""
        found = {"comfyui/main": self.url} if self.url else {}
        for entry in filter(None, map(str.strip, self.servers.split(","))):
            name, _, address = entry.partition("=")
            found[f"comfyui/{name.strip()}"] = address.strip()
        return found


def _is_address(text: str) -> bool:
    return len(text) <= LONGEST and bool(_ADDRESS.fullmatch(text))
