"""One-time tickets: what opens a socket for a program that cannot send cookies or headers."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from uuid import UUID

import msgspec

from node_registry import DirectorError

from .model import Actor

LIFETIME = 30
# A person's oldest unused ticket makes room for the newest: nobody can use up others' places.
MAX_PER_PERSON = 32
MAX_TICKETS = 10_000
_MAX_LENGTH = 200


class _Ticket(msgspec.Struct, frozen=True):
    actor: Actor
    project_id: UUID
    expires: float


class Tickets:
    """The tickets that were given out and not used, in this process; the API is one process.

    They are kept under their hash: to look one up takes a time that tells nothing of its letters.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # In the order of their making, so that what has expired stands in front.
        self._tickets: dict[bytes, _Ticket] = {}
        self._of: dict[UUID, list[bytes]] = {}

    def __len__(self) -> int:
        return len(self._tickets)

    def issue(self, actor: Actor, project_id: UUID) -> str:
        """A ticket for one socket of this project. Raises `account.too_many_tickets`."""
        self._forget_expired()
        mine = self._of.get(actor.user_id, [])
        if len(mine) >= MAX_PER_PERSON:
            self._take(mine[0])
        if len(self._tickets) >= MAX_TICKETS:
            raise DirectorError(
                "account.too_many_tickets",
                "Too many tickets wait to be used just now.",
                hint=f"Try again in {LIFETIME} s.",
                status=429,
                fields={"retry_after": LIFETIME},
            )
        ticket = secrets.token_urlsafe(32)
        digest = _digest(ticket)
        self._tickets[digest] = _Ticket(actor, project_id, self._clock() + LIFETIME)
        self._of.setdefault(actor.user_id, []).append(digest)
        return ticket

    def redeem(self, ticket: str, project_id: UUID) -> Actor:
        """Use a ticket up. Raises `account.bad_ticket` for a used, old, strange or misplaced one.

        A ticket that is shown to another project is used up as well.
        """
        found = self._take(_digest(ticket)) if len(ticket) <= _MAX_LENGTH else None
        if found is None or found.expires <= self._clock() or found.project_id != project_id:
            raise DirectorError(
                "account.bad_ticket",
                "This ticket was used already, is too old, or is not for this project.",
                hint="Ask for a fresh one: POST /api/v1/projects/{id}/socket-ticket.",
                status=401,
            )
        return found.actor

    def forget(self, login_id: UUID) -> None:
        """Void the tickets of a log-in or API token that ends."""
        for digest in [d for d, t in self._tickets.items() if t.actor.login_id == login_id]:
            self._take(digest)

    def _take(self, digest: bytes) -> _Ticket | None:
        ticket = self._tickets.pop(digest, None)
        if ticket is not None:
            mine = self._of[ticket.actor.user_id]
            mine.remove(digest)
            if not mine:
                del self._of[ticket.actor.user_id]
        return ticket

    def _forget_expired(self) -> None:
        now = self._clock()
        while self._tickets:
            digest, ticket = next(iter(self._tickets.items()))
            if ticket.expires > now:
                return
            self._take(digest)


def _digest(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode("utf-8", "replace")).digest()


_tickets = Tickets()


def issue_ticket(actor: Actor, project_id: UUID) -> str:
    """A ticket that opens one socket of this project for this person, within 30 seconds.

    The right to read the project is for the caller to check. Raises `account.too_many_tickets`.
    """
    return _tickets.issue(actor, project_id)


def redeem_ticket(ticket: str, project_id: UUID) -> Actor:
    """The person behind a ticket, once. Raises `account.bad_ticket`."""
    return _tickets.redeem(ticket, project_id)


def void_tickets(login_id: UUID) -> None:
    """Take back the tickets of a log-in or API token that ends."""
    _tickets.forget(login_id)
