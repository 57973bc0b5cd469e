"""A log-in by a passkey alone: it is what somebody has, and asked for a finger, a face or a PIN."""

from __future__ import annotations

from app.platform.database import DatabaseRole, unit_of_work
from app.platform.request_context import client_address, network_of
from node_registry import DirectorError

from .login_throttle import LoginThrottle, too_many_tries
from .passkeys import Proof, owner_of, verify_passkey
from .sessions import Login, account_disabled, actor_of, is_known_device, open_session

_throttle = LoginThrottle()


async def log_in_with_passkey(proof: Proof, *, label: str, device: str | None = None) -> Login:
    """Open a session for whose passkey this is; no second factor is asked for.

    `device` is the mark of the browser, if it has one. Raises what `verify_passkey` raises,
    `account.disabled`, and `account.too_many_tries` after several that were wrong.
    """
    row = await owner_of(proof.assertion)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        whose = row["user_id"] if row is not None else None
        person = await unit.fetchrow("SELECT * FROM users WHERE id = $1", whose)
    email = (person["email"] or "") if person is not None else ""
    known = device is not None and await is_known_device(email, device)
    source = device if device is not None and known else network_of(client_address.get())
    # Counted for the passkey: its person is not told by who shows a made-up one.
    shown = proof.assertion.credential_id[:320]
    if (wait := _throttle.wait(shown, source, known=known)) > 0:
        raise too_many_tries(wait)
    try:
        await verify_passkey(row, proof)
    except DirectorError as error:
        if error.code != "passkey.expired":
            _throttle.failed(shown, source, known=known)
        raise
    _throttle.succeeded(shown, source)
    assert person is not None
    if person["disabled_at"] is not None:
        raise account_disabled()
    return await open_session(actor_of(person), label=label, device=device)
