"""An authenticator in software, as a browser has one: makes passkeys and shows them (WebAuthn)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any

import cbor2
import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ORIGIN = "http://localhost"
# Of a page that is open as localhost: browsers keep no passkeys for the tests' `http://studio.test`.
PAGE = {"Origin": ORIGIN, "Host": "localhost"}
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """Holds one passkey; counts its signatures by `step`. What it is told to do wrong, it does."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(32)
        self.user_handle = b""
        self.count = 1
        self.step = 1
        self.flags = PRESENT | VERIFIED

    def create(self, options: dict[str, Any], *, origin: str = ORIGIN) -> dict[str, Any]:
        """The answer to `navigator.credentials.create()`, as the API takes it."""
        self.user_handle = unpadded(options["user"]["id"])
        point = self.key.public_key().public_numbers()
        cose = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        )
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        data = self._data(options["rp"]["id"], self.flags | ATTESTED) + attested + cose
        return {
            "credential_id": text(self.credential_id),
            "client_data": text(client_data("webauthn.create", options, origin)),
            "attestation_object": text(
                cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
            ),
            "transports": ["internal", "made-up"],
        }

    def get(self, options: dict[str, Any], *, origin: str = ORIGIN) -> dict[str, Any]:
        """The answer to `navigator.credentials.get()`, as the API takes it."""
        client = client_data("webauthn.get", options, origin)
        self.count += self.step
        data = self._data(options["rpId"], self.flags)
        signed = data + hashlib.sha256(client).digest()
        return {
            "credential_id": text(self.credential_id),
            "client_data": text(client),
            "authenticator_data": text(data),
            "signature": text(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
            "user_handle": text(self.user_handle),
        }

    def _data(self, rp_id: str, flags: int) -> bytes:
        count = self.count.to_bytes(4, "big")
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + count


async def add_passkey(
    client: httpx.AsyncClient, password: str, name: str = "Laptop"
) -> tuple[Authenticator, dict[str, Any]]:
    """A passkey of whoever this client is logged in as, and what the API tells of it."""
    url, authenticator = "/api/v1/auth/passkeys", Authenticator()
    begun = await client.post(f"{url}/options", json={"current": password}, headers=PAGE)
    assert begun.status_code == 200, begun.text
    body = {"name": name, "credential": authenticator.create(begun.json())}
    added = await client.post(url, json=body, headers=PAGE)
    assert added.status_code == 201, added.text
    return authenticator, added.json()


def client_data(kind: str, options: dict[str, Any], origin: str) -> bytes:
    told = {"type": kind, "challenge": options["challenge"], "origin": origin}
    return json.dumps({**told, "crossOrigin": False}).encode()


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unpadded(data: str) -> bytes:
    return base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))
