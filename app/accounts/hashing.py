"""Where passwords are hashed: two at a time, in turns of the networks that ask.

Each hash takes 64 MiB and a core for some 60 ms, and strangers may ask for it: whatever a flood
asks for, memory stays bounded, and others wait for one hash of it and not for all.
"""

from __future__ import annotations

from app.platform.request_context import client_address, network_of
from app.platform.work_pools import WorkPool

from . import passwords

HASHING = WorkPool("hashing", workers=2, waiting=128, per_owner=8)


async def hash_password(password: str) -> str:
    """The argon2id hash that is stored in place of a password. Raises `server.busy`."""
    return await HASHING.run(network_of(client_address.get()), passwords.hash_password, password)


async def hash_checked(password: str, name: str, email: str) -> str:
    """As `hash_password`, of a password that is good enough. Raises `account.weak_password`."""
    network = network_of(client_address.get())
    return await HASHING.run(network, passwords.hash_good_password, password, name, email)
