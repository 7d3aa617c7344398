"""Settings, all from environment variables, all read here."""

import base64
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.errors import Code, Refusal

SECRETS = ("SECRET_KEY", "LINK_KEYS", "CONTACT_KEYS")
PROVIDER = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
SHORTEST_SECRET = 32
LONGEST_IDLE = 720
LONGEST_SESSION = 12
"""Staff sign in once a working day in any case."""
MOST_MEGABYTES = 50
PUSH_SERVICES = (
    "fcm.googleapis.com",
    ".push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
)
"""The push services of today's browsers; a name that begins with a dot stands for all hosts below it."""
VAPID_SUBJECT = re.compile(
    r"mailto:[^\s@]+@(localhost|[\w-]+(\.[\w-]+)+)|https://(localhost|[\w-]+(\.[\w-]+)+)", re.ASCII
)
"""What the signature of a pushed message takes: no path, no port."""

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
    open. `staff_idle`: how long a browser of staff may rest before they have to sign in again;
    `staff_longest`: how long one may be used at all.
    """

    database_url: str
    secret_key: str
    link_keys: tuple[str, ...]
    contact_keys: tuple[str, ...]
    public_url: str
    trusted_proxies: int
    smtp_url: str | None
    sms_urls: tuple[str, ...]
    vapid_private_key: str | None
    vapid_subject: str
    push_services: tuple[str, ...]
    hook_key: str | None
    outbox: Path
    mail_from: str
    largest_document: int
    production: bool
    second_factor: Literal["required", "optional"]
    provider: Provider | None
    staff_idle: timedelta = timedelta(minutes=30)
    staff_longest: timedelta = timedelta(hours=12)

    @property
    def secure_cookies(self) -> bool:
        """Return whether browsers may show their cookies over HTTPS alone."""
        return self.production or self.public_url.startswith("https://")

    @property
    def vapid_public_key(self) -> str | None:
        """Return the key by which browsers know us, as they take it: an uncompressed point."""
        if self.vapid_private_key is None:
            return None
        number = int.from_bytes(_bytes(self.vapid_private_key))
        public = ec.derive_private_key(number, ec.SECP256R1()).public_key()
        point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()

    @property
    def channels(self) -> tuple[str, ...]:
        """Return the channels that have a setting."""
        settings = {"email": self.smtp_url, "sms": self.sms_urls, "push": self.vapid_private_key}
        return tuple(channel for channel, setting in settings.items() if setting)

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
    instance = _instance(given)
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
        sms_urls=tuple(given.get("SMS_URL", "").split()),
        vapid_private_key=_signing(given.get("VAPID_PRIVATE_KEY")),
        vapid_subject=_reachable(given.get("VAPID_SUBJECT", "mailto:hepatica@localhost")),
        push_services=tuple(given["PUSH_SERVICES"].split()) if "PUSH_SERVICES" in given else PUSH_SERVICES,
        hook_key=_long(given.get("HOOK_KEY"), "HOOK_KEY"),
        outbox=instance / "outbox",
        mail_from=given.get("MAIL_FROM", "Hepatica <hepatica@localhost>"),
        largest_document=_megabytes(given.get("LARGEST_DOCUMENT_MB", "10")),
        production=production,
        second_factor=_one_of(
            given, "SECOND_FACTOR", ("required", "optional"), "required" if production else "optional"
        ),
        provider=_provider(given, production=production),
        staff_idle=timedelta(minutes=_at_most(given, "STAFF_IDLE_MINUTES", LONGEST_IDLE, "30")),
        staff_longest=timedelta(hours=_at_most(given, "STAFF_SESSION_HOURS", LONGEST_SESSION, "12")),
    )


def _instance(given: Mapping[str, str]) -> Path:
    """Return the folder that keeps this installation's own things.

    A command that cron runs in another folder finds that of the checkout it belongs to, as the server does.
    """
    here, checkout = Path("instance"), Path(__file__).parents[1] / "instance"
    wanted = checkout if checkout.exists() and not here.exists() else here
    return Path(given.get("INSTANCE", wanted)).absolute()


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


def _signing(key: str | None) -> str | None:
    if key is None:
        return None
    try:
        whole = len(_bytes(key)) == 32
    except ValueError:
        whole = False
    if not whole:
        form = "VAPID_PRIVATE_KEY: 32 bytes in URL-safe base64, as `hepatica reminders vapid` makes them"
        raise Refusal(Code.NOT_CONFIGURED, form)
    return key


def _reachable(subject: str) -> str:
    if not VAPID_SUBJECT.fullmatch(subject):
        form = "VAPID_SUBJECT: write mailto:name@host or https://host, where push services reach you"
        raise Refusal(Code.NOT_CONFIGURED, form)
    return subject


def new_vapid_key() -> str:
    """Return a new key to sign pushed messages with."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(32)).rstrip(b"=").decode()


def _bytes(key: str) -> bytes:
    return base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))


def _long(key: str | None, name: str) -> str | None:
    if key is not None and len(key) < SHORTEST_SECRET:
        raise Refusal(Code.NOT_CONFIGURED, f"{name}: a secret has at least {SHORTEST_SECRET} characters")
    return key


def _public(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise Refusal(Code.NOT_CONFIGURED, "PUBLIC_URL: write https://host, as participants reach it")
    if not url.isascii():  # it stands in the header of an e-mail, among others
        raise Refusal(Code.NOT_CONFIGURED, "PUBLIC_URL: write a host in another script as https://xn--…")
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


def _at_most(given: dict[str, str], name: str, most: int, otherwise: str) -> int:
    text = given.get(name, otherwise)
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 0 < int(text) <= most):
        raise Refusal(Code.NOT_CONFIGURED, f"{name}: write a number from 1 to {most}")
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
