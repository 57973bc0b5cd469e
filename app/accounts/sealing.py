"""Secrets that the studio must read again, encrypted at rest by a key outside of the database.

AES-256-GCM; what is sealed for one person opens for no other. Without the key (`secrets/`, which a
backup keeps apart) nothing can be opened any more.
"""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING
from uuid import UUID

from app.platform.telemetry import get_logger

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PREFIX = "v1:"
NONCE_BYTES = 12

log = get_logger(__name__)
_key: bytes | None = None


def use_sealing_key(key: bytes) -> None:
    """Seal and open with this key, 32 bytes. Called once, by the API role."""
    global _key
    _key = key


def seal(secret: str, owner: UUID) -> str:
    """The secret as it is stored."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = _cipher().encrypt(nonce, secret.encode(), owner.bytes)
    return PREFIX + base64.b64encode(nonce + sealed).decode()


def is_sealed(stored: str) -> bool:
    """Whether what is stored was sealed; of before there was a key, secrets are as they are."""
    return stored.startswith(PREFIX)


def unseal(stored: str, owner: UUID) -> str | None:
    """The secret; None when it was sealed with another key or for somebody else."""
    from cryptography.exceptions import InvalidTag

    if not is_sealed(stored):
        return stored
    try:
        whole = base64.b64decode(stored.removeprefix(PREFIX))
        return _cipher().decrypt(whole[:NONCE_BYTES], whole[NONCE_BYTES:], owner.bytes).decode()
    except (InvalidTag, ValueError):
        # A studio that was restored without its keys: recovery codes and reset links still work.
        log.warning("second_factor.other_key", user=str(owner))
        return None


def _cipher() -> AESGCM:
    # Loaded when it is first needed: few log in with a second factor.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if _key is None:
        raise RuntimeError("There is no key: call use_sealing_key first.")
    return AESGCM(_key)
