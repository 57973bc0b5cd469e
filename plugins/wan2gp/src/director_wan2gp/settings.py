"""What an operator may set about Wan2GP: `DIRECTOR_PLUGIN_WAN2GP__<FIELD>`."""

from __future__ import annotations

import re

import msgspec

_ADDRESS = re.compile(r"https?://[^\s/?#]+[^\s?#]*")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LONGEST = 500
MOST_SERVERS = 64


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`url` is the address of its MCP server; without it and `servers` the plugin asks nobody.

    `servers` names several installations, one for each card: `left=http://10.0.0.5:7866,…`. For a
    proxy that wants a name and a password, write them into the address: Wan2GP itself knows no
    users to keep out. `presets` is a JSON file whose entries replace those of the plugin.
    `vram_gb` and `ram_gb` are what the machine of Wan2GP has, where the studio is to choose its
    memory profile; 0 leaves that to Wan2GP.

    In seconds: `silence` is how long a server may leave a question without an answer, `absence`
    how long an attempt waits for one that is away or works for somebody else, `poll` how often a
    job is asked after, `patience` how long one may run without a word of its progress (a model
    that is downloaded says none), `grace` how long a cancelled one may go on, `lost_reply` how
    long the result of a job is looked for whose submission had no answer. `largest_result` is in
    bytes.
    """

    url: str = ""
    servers: str = ""
    presets: str = ""
    vram_gb: float = 0
    ram_gb: float = 0
    silence: float = 60.0
    absence: float = 120.0
    poll: float = 0.7
    patience: float = 3600.0
    grace: float = 60.0
    lost_reply: float = 900.0
    largest_result: int = 8 << 30

    def __post_init__(self) -> None:
        if self.url and not _is_address(self.url):
            raise ValueError("write the whole address, such as http://127.0.0.1:7866")
        found = self.addresses()
        if len(found) > MOST_SERVERS:
            raise ValueError(f"name at most {MOST_SERVERS} servers")
        for name, address in found.items():
            if not _NAME.fullmatch(name.removeprefix("wan2gp/")) or not _is_address(address):
                raise ValueError(
                    "write servers as left=http://10.0.0.5:7866,right=http://10.0.0.6:7866"
                )
        times = (self.silence, self.absence, self.poll, self.patience, self.grace, self.lost_reply)
        if min(times) <= 0:
            raise ValueError("write times above zero")

    def addresses(self) -> dict[str, str]:
        """The address of each server, by the name that people read (`wan2gp/main`)."""
        found = {"wan2gp/main": self.url} if self.url else {}
        for entry in filter(None, map(str.strip, self.servers.split(","))):
            name, _, address = entry.partition("=")
            found[f"wan2gp/{name.strip()}"] = address.strip()
        return found


def _is_address(text: str) -> bool:
    return len(text) <= LONGEST and bool(_ADDRESS.fullmatch(text))
