"""What an operator may set about HTTP requests: `DIRECTOR_PLUGIN_HTTP__<FIELD>`."""

from __future__ import annotations

import re

import msgspec

_HOST = re.compile(r"(?:\*\.)?[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::\d{1,5})?")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,80}")
MOST_HOSTS = 200


class Secret(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A header that goes to one host, and to no other: what it holds is in no graph and no log."""

    host: str
    value: str
    header: str = "Authorization"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`hosts` are those that nodes may ask: `api.example.org,*.example.com,10.0.0.5:9000`; without
    any the nodes cannot run. A port is named where it is not that of the scheme. A host whose
    address is a private one (also by a redirect, or by what its name stands for) is refused,
    unless `private_addresses` is true. `secrets` is a JSON object of names that nodes may use:
    `{"images": {"host": "api.example.org", "value": "Bearer …"}}`; `header` is another header
    than Authorization. `services` is a folder of OpenAPI documents, whose operations become nodes.

    In seconds: `answer` is how long a request may take, `poll` how often a job is asked after,
    `patience` how long it may run. `largest_result` is in bytes.
    """

    hosts: str = ""
    private_addresses: bool = False
    secrets: str = ""
    services: str = ""
    answer: float = 300.0
    poll: float = 1.0
    patience: float = 3600.0
    largest_result: int = 2 << 30

    def __post_init__(self) -> None:
        hosts = self.allowed()
        if len(hosts) > MOST_HOSTS:
            raise ValueError(f"name at most {MOST_HOSTS} hosts")
        for host in hosts:
            if not _HOST.fullmatch(host):
                raise ValueError("write hosts as api.example.org,*.example.com,10.0.0.5:9000")
        if min(self.answer, self.poll, self.patience, self.largest_result) <= 0:
            raise ValueError("write times and sizes above zero")
        for secret in self.named_secrets().values():
            if not _HEADER.fullmatch(secret.header) or not secret.value.isprintable():
                raise ValueError("a secret's header and value are written in one line")

    def allowed(self) -> tuple[str, ...]:
        """The hosts, in small letters."""
        return tuple(filter(None, (host.strip().lower() for host in self.hosts.split(","))))

    def named_secrets(self) -> dict[str, Secret]:
        """The secrets by their names. Raises `ValueError` without repeating what was written."""
        if not self.secrets:
            return {}
        try:
            return msgspec.json.decode(self.secrets, type=dict[str, Secret])
        except msgspec.DecodeError:
            raise ValueError(
                'write secrets as {"images": {"host": "api.example.org", "value": "Bearer …"}}'
            ) from None
