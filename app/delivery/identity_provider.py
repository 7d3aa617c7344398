"""A provider of single sign-on (OpenID Connect): asked who someone is, with no transaction open.

Authorization code with PKCE, state and nonce. Authlib finds the provider's addresses and keys, and checks
what it says.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import OAuth2Mixin, OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session
from joserfc.errors import JoseError

from app.config import Provider
from app.domain.assurance import is_multi_factor
from app.errors import Code, Refusal

TIMEOUT = 10
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key of the provider's own. "none", and secrets that we hold too, prove nothing."""
LONGEST_SUBJECT = 255  # as OpenID Connect has it


@dataclass(frozen=True)
class Asked:
    """A question to the provider: where to send the browser, and what to keep until it comes back."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Identity:
    """Who the provider says someone is."""

    issuer: str
    subject: str
    email: str | None
    multi_factor: bool


def ask(provider: Provider, *, back: str) -> Asked:
    """Return where to send a browser; PROVIDER_REFUSED where the provider is not there."""
    try:
        found = _client(provider).create_authorization_url(back)
    except (AuthlibBaseError, requests.RequestException, RuntimeError, ValueError) as error:
        raise Refusal(Code.PROVIDER_REFUSED, f"not reached: {error}") from error
    return Asked(found["url"], found["state"], found["nonce"], found["code_verifier"])


def answered(provider: Provider, *, code: str, nonce: str, verifier: str, back: str) -> Identity:
    """Return who stands behind a code that a browser brought; PROVIDER_REFUSED where that is not sure."""
    client = _client(provider)
    try:
        token = client.fetch_access_token(
            back, code=code, code_verifier=verifier, grant_type="authorization_code"
        )
        claims = client.parse_id_token(
            token, nonce, claims_options={"iss": {"essential": True, "value": provider.issuer}}
        )
    except (
        AuthlibBaseError,
        JoseError,
        requests.RequestException,
        RuntimeError,
        ValueError,
        KeyError,
    ) as error:
        raise Refusal(Code.PROVIDER_REFUSED, f"not believed: {error}") from error
    if claims is None:
        raise Refusal(Code.PROVIDER_REFUSED, "no ID token")
    return _identity(provider, claims)


def way_out(provider: Provider, *, back: str) -> str | None:
    """Return where a browser is signed out at the provider as well, or None where it has no such place."""
    try:
        metadata = _client(provider).load_server_metadata()
    except (AuthlibBaseError, requests.RequestException, ValueError, Refusal):
        return None
    place = metadata.get("end_session_endpoint")
    if not isinstance(place, str) or not place.startswith(_scheme(provider)):
        return None
    query = urlencode({"client_id": provider.client_id, "post_logout_redirect_uri": back})
    return f"{place}{'&' if urlsplit(place).query else '?'}{query}"


def _identity(provider: Provider, claims: dict[str, Any]) -> Identity:
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    subject = claims["sub"]
    if provider.client_id not in audience:
        raise Refusal(Code.PROVIDER_REFUSED, "the ID token is for somebody else")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise Refusal(Code.PROVIDER_REFUSED, "no subject")
    email = claims.get("email")
    verified = claims.get("email_verified") is True and isinstance(email, str)
    return Identity(
        issuer=provider.issuer,
        subject=subject,
        email=email.strip().lower() if verified and email else None,
        multi_factor=is_multi_factor(
            claims.get("acr"), (each for each in claims.get("amr") or () if isinstance(each, str))
        ),
    )


class _Client(OAuth2Mixin, OpenIDMixin):  # type: ignore[misc]  # Authlib has no types
    """Authlib's client of a provider, which keeps nothing in a web framework's session."""

    client_cls = OAuth2Session

    def load_server_metadata(self) -> dict[str, Any]:
        """Find out the provider's addresses, and take none that is less than it says."""
        known: dict[str, Any] = super().load_server_metadata()
        issuer = known.get("issuer")
        if issuer != self.client_issuer:
            raise Refusal(Code.PROVIDER_REFUSED, f"it calls itself {issuer}")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not str(known.get(name, "")).startswith(f"{urlsplit(self.client_issuer).scheme}://"):
                raise Refusal(Code.PROVIDER_REFUSED, f"its {name} is no address to be trusted")
        offered = known.get("id_token_signing_alg_values_supported") or ["RS256"]
        known["id_token_signing_alg_values_supported"] = [each for each in offered if each in ALGORITHMS]
        return known


def _client(provider: Provider) -> _Client:
    client = _Client(
        None,
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        client_kwargs={
            "scope": "openid email",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT,
        },
        server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
    )
    client.client_issuer = provider.issuer
    return client


def _scheme(provider: Provider) -> str:
    return f"{urlsplit(provider.issuer).scheme}://"
