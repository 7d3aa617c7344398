"""Settings, all from environment variables, all read here."""

import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

from app.errors import Code, Refusal

SECRETS = ("SECRET_KEY", "LINK_KEYS", "CONTACT_KEYS")
PROVIDER = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
SHORTEST_SECRET = 32
LONGEST_IDLE = 720
"""Staff sign in once a working day in any case."""
MOST_MEGABYTES = 50

Word = TypeVar("Word", bound=str)


@dataclass(frozen=True)
class Provider:
    """A provider of single sign-on (OpenID Connect), and whether its own second factor counts as ours."""

    issuer: str
    client_id: str
    client_secret: str
    second_factor: Literal["trusted", "ask"]


@dataclass(frozen=True)
class Config:
    """What one installation is told from outside.

    `link_keys` and `contact_keys` are ordered oldest to newest: the last one signs or seals, all of them
    open. `staff_idle`: how long a browser of staff may rest before they have to sign in again.
    """

    database_url: str
    secret_key: str
    link_keys: tuple[str, ...]
    contact_keys: tuple[str, ...]
    public_url: str
    trusted_proxies: int
    smtp_url: str | None
    outbox: Path
    mail_from: str
    largest_document: int
    production: bool
    second_factor: Literal["required", "optional"]
    provider: Provider | None
    staff_idle: timedelta = timedelta(minutes=30)

    @property
    def secure_cookies(self) -> bool:
        """Return whether browsers may show their cookies over HTTPS alone."""
        return self.production or self.public_url.startswith("https://")

    @property
    def demo_accounts(self) -> Path:
        """Return the file in the instance folder that keeps the demo's made-up passwords."""
        return self.outbox.with_name("demo-accounts.txt")


def load(environment: dict[str, str] | None = None) -> Config:
    """Read the settings.

    In production every secret must be given. Elsewhere missing ones are made once and kept in
    `instance/secrets.env` (readable by the owner alone), so that the server and the commands agree.
    """
    given = {
        name: value
        for name, value in (os.environ if environment is None else environment).items()
        if value.strip(" ,")  # an empty setting is none: an empty key would sign for everybody
    }
    production = given.get("HEPATICA_ENV") == "production"
    instance = Path(given.get("INSTANCE", "instance")).absolute()
    if production:
        _refuse_weak(given)
    elif any(name not in given for name in SECRETS):
        given = _kept_secrets(instance) | given
    return Config(
        database_url=given.get("DATABASE_URL") or f"sqlite:///{instance / 'hepatica.db'}",
        secret_key=given["SECRET_KEY"],
        link_keys=_keys(given["LINK_KEYS"]),
        contact_keys=_sealing(_keys(given["CONTACT_KEYS"])),
        public_url=_public(given.get("PUBLIC_URL", "http://127.0.0.1:8000")),
        trusted_proxies=_count(given.get("TRUSTED_PROXIES", "0")),
        smtp_url=given.get("SMTP_URL"),
        outbox=instance / "outbox",
        mail_from=given.get("MAIL_FROM", "Hepatica <hepatica@localhost>"),
        largest_document=_megabytes(given.get("LARGEST_DOCUMENT_MB", "10")),
        production=production,
        second_factor=_one_of(
            given, "SECOND_FACTOR", ("required", "optional"), "required" if production else "optional"
        ),
        provider=_provider(given, production=production),
        staff_idle=timedelta(minutes=_minutes(given.get("STAFF_IDLE_MINUTES", "30"))),
    )


def _refuse_weak(given: dict[str, str]) -> None:
    missing = [name for name in (*SECRETS, "PUBLIC_URL") if name not in given]
    if missing:
        raise Refusal(Code.NOT_CONFIGURED, f"set {', '.join(missing)} in the environment")
    for name in ("SECRET_KEY", "LINK_KEYS"):
        if any(len(key) < SHORTEST_SECRET for key in _keys(given[name])):
            raise Refusal(Code.NOT_CONFIGURED, f"{name}: a secret has at least {SHORTEST_SECRET} characters")


def _keys(text: str) -> tuple[str, ...]:
    return tuple(key.strip() for key in text.split(",") if key.strip())


def _sealing(keys: tuple[str, ...]) -> tuple[str, ...]:
    try:
        for key in keys:
            Fernet(key)
    except ValueError:
        raise Refusal(Code.NOT_CONFIGURED, "CONTACT_KEYS: each key is 32 bytes in URL-safe base64") from None
    return keys


def _public(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise Refusal(Code.NOT_CONFIGURED, "PUBLIC_URL: write https://host, as participants reach it")
    return url.rstrip("/")


def _provider(given: dict[str, str], *, production: bool) -> Provider | None:
    if not any(name in given for name in PROVIDER):
        return None
    missing = [name for name in PROVIDER if name not in given]
    if missing:
        raise Refusal(Code.NOT_CONFIGURED, f"single sign-on: set {', '.join(missing)} as well")
    issuer = given["OIDC_ISSUER"]
    if urlsplit(issuer).scheme != "https" and (production or urlsplit(issuer).scheme != "http"):
        raise Refusal(Code.NOT_CONFIGURED, "OIDC_ISSUER: write https://host, as the provider writes it")
    return Provider(
        issuer=issuer,
        client_id=given["OIDC_CLIENT_ID"],
        client_secret=given["OIDC_CLIENT_SECRET"],
        second_factor=_one_of(given, "OIDC_SECOND_FACTOR", ("ask", "trusted"), "ask"),
    )


def _one_of(given: dict[str, str], name: str, words: tuple[Word, ...], otherwise: Word) -> Word:
    found = next((word for word in words if word == given.get(name, otherwise)), None)
    if found is None:
        raise Refusal(Code.NOT_CONFIGURED, f"{name}: write {' or '.join(words)}")
    return found


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise Refusal(Code.NOT_CONFIGURED, "TRUSTED_PROXIES: write how many proxies stand in front")
    return int(text)


def _minutes(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) <= LONGEST_IDLE):
        raise Refusal(
            Code.NOT_CONFIGURED, f"STAFF_IDLE_MINUTES: write a number of minutes from 1 to {LONGEST_IDLE}"
        )
    return int(text)


def _megabytes(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST_MEGABYTES):
        raise Refusal(Code.NOT_CONFIGURED, f"LARGEST_DOCUMENT_MB: write a number from 1 to {MOST_MEGABYTES}")
    return int(text) * 1_000_000


def _kept_secrets(instance: Path) -> dict[str, str]:
    path = instance / "secrets.env"
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(32),
            "LINK_KEYS": secrets.token_urlsafe(32),
            "CONTACT_KEYS": Fernet.generate_key().decode(),
        }
        draft = path.with_suffix(f".{os.getpid()}")
        with open(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.writelines(f"{name}={value}\n" for name, value in made.items())
        try:
            os.link(draft, path)  # the first of two processes wins, the other reads what it wrote
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
