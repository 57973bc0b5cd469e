"""Challenges of passkeys: random, signed by this process, good for minutes, for one page and once.

None is stored while it waits: whoever asks for a million of them takes up no room. Those that came
back are remembered until they would have ended anyway.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable

from app.platform.work_pools import busy
from node_registry import DirectorError

LIFETIME = 5 * 60
"""Seconds."""

NONCE_BYTES = 16
TIME_BYTES = 8
SIGNATURE_BYTES = 32
MOST_USED = 50_000


class Challenges:
    """Those of this process; the API is one process, and after a restart none of before is good."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        # By their nonces, in the order in which they came back, until when they are remembered.
        self._used: dict[bytes, float] = {}

    def issue(self, purpose: str) -> bytes:
        """A challenge for this purpose alone: what is to be done, by whom, on which page."""
        body = secrets.token_bytes(NONCE_BYTES) + self._end().to_bytes(TIME_BYTES, "big")
        return body + self._signature(body, purpose)

    def use(self, challenge: bytes, purpose: str) -> None:
        """Use a challenge up. Raises `passkey.expired` for a used, old, strange or misplaced one,
        and `server.busy`."""
        body, signature = challenge[:-SIGNATURE_BYTES], challenge[-SIGNATURE_BYTES:]
        good = len(body) == NONCE_BYTES + TIME_BYTES and hmac.compare_digest(
            signature, self._signature(body, purpose)
        )
        end = int.from_bytes(body[NONCE_BYTES:], "big") / 1000
        nonce = body[:NONCE_BYTES]
        self._forget_ended()
        if not good or end <= self._clock() or nonce in self._used:
            raise DirectorError(
                "passkey.expired",
                "This took too long, or was used already.",
                hint="Try again.",
                status=409,
            )
        if len(self._used) >= MOST_USED:
            raise busy()
        self._used[nonce] = self._clock() + LIFETIME

    def _end(self) -> int:
        return int((self._clock() + LIFETIME) * 1000)

    def _signature(self, body: bytes, purpose: str) -> bytes:
        return hmac.new(self._key, body + purpose.encode(), hashlib.sha256).digest()

    def _forget_ended(self) -> None:
        now = self._clock()
        while self._used:
            nonce, end = next(iter(self._used.items()))
            if end > now:
                return
            del self._used[nonce]
