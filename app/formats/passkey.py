"""Passkeys as browsers speak of them (WebAuthn): what they are asked, and what is read from their answers."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    options_to_json,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

LONGEST = 20_000
"""An answer is some hundred bytes, with an attestation some thousand."""


@dataclass(frozen=True)
class Place:
    """Whom passkeys are for: the host of PUBLIC_URL, and pages of that origin alone."""

    host: str
    origin: str

    @property
    def usable(self) -> bool:
        """Return whether browsers make passkeys here: for a name, over HTTPS or on the machine itself."""
        try:
            ip_address(self.host)
        except ValueError:
            return self.origin.startswith("https://") or self.host == "localhost"
        return False


@dataclass(frozen=True)
class NewPasskey:
    """What is kept of a passkey that was made."""

    credential_id: str
    public_key: str
    sign_count: int


def place(public_url: str) -> Place:
    """Return whom passkeys are for, from the installation's address."""
    parts = urlsplit(public_url)
    return Place(parts.hostname or "", f"{parts.scheme}://{parts.netloc}".lower())


def to_make(at: Place, *, challenge: bytes, account_id: int, email: str, name: str, known: list[str]) -> str:
    """Return what a browser is asked to make a passkey with, as JSON; `known` may not be made twice."""
    options = webauthn.generate_registration_options(
        rp_id=at.host,
        rp_name="Hepatica",
        user_id=handle(account_id),
        user_name=email,
        user_display_name=name,
        challenge=challenge,
        exclude_credentials=_described(known),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return options_to_json(options)


def to_show(at: Place, *, challenge: bytes, known: list[str]) -> str:
    """Return what a browser is asked to show a passkey with; none `known`: any that it has for this place."""
    options = webauthn.generate_authentication_options(
        rp_id=at.host,
        challenge=challenge,
        allow_credentials=_described(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def made(answer: str, *, at: Place, challenge: bytes) -> NewPasskey:
    """Return the passkey that a browser made; ValueError where the answer is not right in every part."""
    try:
        found = webauthn.verify_registration_response(
            credential=_short(answer),
            expected_challenge=challenge,
            expected_rp_id=at.host,
            expected_origin=at.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"no passkey: {error}") from error
    return NewPasskey(
        bytes_to_base64url(found.credential_id),
        bytes_to_base64url(found.credential_public_key),
        found.sign_count,
    )


def shown(answer: str, *, at: Place, challenge: bytes, public_key: str) -> int:
    """Return the count that a passkey signed; ValueError where the answer is not right in every part.

    The count is for the caller to compare: a copy of a passkey is told from a wrong answer.
    """
    try:
        found = webauthn.verify_authentication_response(
            credential=_short(answer),
            expected_challenge=challenge,
            expected_rp_id=at.host,
            expected_origin=at.origin,
            credential_public_key=base64url_to_bytes(public_key),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"not the passkey: {error}") from error
    return found.new_sign_count


def challenge_of(answer: str, *, making: bool) -> bytes:
    """Return the challenge that an answer says it answers, not believed yet; ValueError for none."""
    try:
        parsed = (
            parse_registration_credential_json(_short(answer))
            if making
            else parse_authentication_credential_json(_short(answer))
        )
        return parse_client_data_json(parsed.response.client_data_json).challenge
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"no answer: {error}") from error


def credential_of(answer: str) -> str:
    """Return the id of the passkey that an answer says it comes from; ValueError for none."""
    try:
        return bytes_to_base64url(parse_authentication_credential_json(_short(answer)).raw_id)
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"no answer: {error}") from error


def handle(account_id: int) -> bytes:
    """Return what a passkey keeps of the account: nothing that names a person."""
    return f"hepatica-account-{account_id}".encode()


def _short(answer: str) -> str:
    if len(answer) > LONGEST:
        raise ValueError("too long for an answer")
    return answer


def _described(known: list[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(each)) for each in known]
