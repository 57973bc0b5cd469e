"""A render farm: pictures that a server elsewhere makes. The plugin's entry point, and light."""

from typing import Annotated

import msgspec

from node_registry import (
    BackendSpec,
    Needs,
    NodeType,
    Server,
    Socket,
    hint,
    hookimpl,
    schema_of,
    sockets,
)


class Settings(msgspec.Struct, kw_only=True):
    """`DIRECTOR_PLUGIN_FARM__SERVERS`: names and addresses, `left=10.0.0.5:7700,right=…`.

    `silence` is how long, in seconds, a server may say nothing before a run gives up.
    """

    servers: str = ""
    silence: float = 60.0

    def addresses(self) -> dict[str, tuple[str, int]]:
        """Host and port of each server, by the name that people read."""
        found = {}
        for entry in filter(None, map(str.strip, self.servers.split(","))):
            name, _, address = entry.partition("=")
            host, _, port = address.rpartition(":")
            found[f"farm/{name}"] = (host, int(port))
        return found


class Picture(msgspec.Struct):
    """What people set in the node's form."""

    words: Annotated[str, hint(widget="textarea", max_length=2_000)] = ""


@hookimpl
def register_settings():
    """Where the servers are."""
    return Settings


@hookimpl
def register_node_types():
    """The node, whether a server is configured or not."""
    return [
        NodeType(
            id="farm.picture",
            title="Picture from the farm",
            category="Pictures",
            params=schema_of(Picture),
            outputs=(Socket(id="image", type=sockets.IMAGE),),
        )
    ]


def farm_spec(settings):
    """The backend. Its servers take one run each; a run needs a slot of any of them."""
    addresses = settings.addresses()

    def make():
        from .backend import FarmBackend

        return FarmBackend(addresses, silence=settings.silence)

    return BackendSpec(
        name="farm.render",
        title="Render farm",
        version="1",
        serves=("farm.picture",),
        factory=make,
        estimate=lambda request, capabilities: Needs(servers=capabilities.servers, seconds=20),
        rank=10,
        servers=tuple(Server(name=name) for name in addresses),
    )


@hookimpl
def register_backends(settings):
    """One backend for all servers, as soon as there is one."""
    return [farm_spec(settings)] if settings.addresses() else []
