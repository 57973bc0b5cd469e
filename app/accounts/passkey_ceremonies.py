"""The two ceremonies of WebAuthn by py_webauthn: what a browser is asked for, and what it answers.

All of it is called in a thread: the library takes a while to load, and signatures are counted out.
"""

from __future__ import annotations

from typing import Any

import msgspec

from node_registry import DirectorError

from .passkey_challenges import LIFETIME
from .passkey_sites import Site

NAME = "Movie Director"
TRANSPORTS = frozenset({"ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"})
# Nothing else was asked for: no chain of certificates is ever followed.
FORMATS = ("none", "packed")
MAX_KEY_BYTES = 2048


class MadeCredential(msgspec.Struct, frozen=True):
    """A credential that was just made; `public_key` is a COSE_Key."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def creation_options(
    *,
    site: Site,
    user_id: bytes,
    user_name: str,
    display_name: str,
    challenge: bytes,
    known: list[bytes],
) -> dict[str, Any]:
    """What `navigator.credentials.create()` takes, as JSON; `known` are not to be made again."""
    from webauthn import generate_registration_options
    from webauthn.helpers import options_to_json_dict
    from webauthn.helpers.structs import (
        AttestationConveyancePreference,
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    return options_to_json_dict(
        generate_registration_options(
            rp_id=site.rp_id,
            rp_name=NAME,
            user_id=user_id,
            user_name=user_name,
            user_display_name=display_name,
            challenge=challenge,
            timeout=LIFETIME * 1000,
            attestation=AttestationConveyancePreference.NONE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        )
    )


def request_options(*, site: Site, challenge: bytes) -> dict[str, Any]:
    """What `navigator.credentials.get()` takes, as JSON: any passkey of this host."""
    from webauthn import generate_authentication_options
    from webauthn.helpers import options_to_json_dict
    from webauthn.helpers.structs import UserVerificationRequirement

    return options_to_json_dict(
        generate_authentication_options(
            rp_id=site.rp_id,
            challenge=challenge,
            timeout=LIFETIME * 1000,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def verify_creation(
    *,
    credential_id: bytes,
    client_data: bytes,
    attestation_object: bytes,
    challenge: bytes,
    site: Site,
) -> MadeCredential:
    """The credential of an answer that is all that was asked for. Raises `passkey.refused`."""
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url, parse_attestation_object
    from webauthn.helpers.structs import (
        AuthenticatorAttestationResponse,
        RegistrationCredential,
    )

    try:
        if parse_attestation_object(attestation_object).fmt not in FORMATS:
            raise refused()
        made = verify_registration_response(
            credential=RegistrationCredential(
                id=bytes_to_base64url(credential_id),
                raw_id=credential_id,
                response=AuthenticatorAttestationResponse(
                    client_data_json=client_data, attestation_object=attestation_object
                ),
            ),
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except DirectorError:
        raise
    except Exception as error:  # hostile bytes fail in the library as it happens
        raise refused() from error
    if made.credential_id != credential_id or len(made.credential_public_key) > MAX_KEY_BYTES:
        raise refused()
    return MadeCredential(made.credential_id, made.credential_public_key, made.sign_count)


def verify_assertion(
    *,
    credential_id: bytes,
    client_data: bytes,
    authenticator_data: bytes,
    signature: bytes,
    challenge: bytes,
    site: Site,
    public_key: bytes,
) -> int:
    """How often the authenticator says that it signed, in an answer that is genuine.

    Raises `account.wrong_passkey`.
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.structs import (
        AuthenticationCredential,
        AuthenticatorAssertionResponse,
    )

    try:
        return verify_authentication_response(
            credential=AuthenticationCredential(
                id=bytes_to_base64url(credential_id),
                raw_id=credential_id,
                response=AuthenticatorAssertionResponse(
                    client_data_json=client_data,
                    authenticator_data=authenticator_data,
                    signature=signature,
                ),
            ),
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=public_key,
            # The count is compared where it is stored.
            credential_current_sign_count=0,
            require_user_verification=True,
        ).new_sign_count
    except Exception as error:  # hostile bytes fail in the library as it happens
        raise wrong_passkey() from error


def refused() -> DirectorError:
    """The refusal of an answer that is not what the browser was asked for."""
    return DirectorError(
        "passkey.refused",
        "The browser's answer is not what it was asked for.",
        hint="Try again; the passkey has to ask for a finger, a face or a PIN.",
    )


def wrong_passkey() -> DirectorError:
    """The refusal of a passkey that is not known here, or is not genuine."""
    return DirectorError(
        "account.wrong_passkey",
        "This passkey is not one of this studio's.",
        hint="Choose another, or log in with your password.",
        status=401,
    )
