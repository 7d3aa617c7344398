"""Settings, all from environment variables, all read here."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from app.errors import Code, Refusal

SECRETS = ("SECRET_KEY", "LINK_KEYS", "CONTACT_KEYS")


@dataclass(frozen=True)
class Config:
    """What one installation is told from outside.

    `link_keys` and `contact_keys` are ordered oldest to newest: the last one signs or seals, all of them
    open.
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
    production: bool

    @property
    def demo_accounts(self) -> Path:
        """Return the file in the instance folder that keeps the demo's made-up passwords."""
        return self.outbox.with_name("demo-accounts.txt")


def load(environment: dict[str, str] | None = None) -> Config:
    """Read the settings.

    In production every secret must be given. Elsewhere missing ones are made once and kept in
    `instance/secrets.env` (readable by the owner alone), so that the server and the commands agree.
    """
    given = dict(os.environ if environment is None else environment)
    production = given.get("HEPATICA_ENV") == "production"
    instance = Path(given.get("INSTANCE", "instance")).absolute()
    missing = [name for name in SECRETS if not given.get(name)]
    if missing and production:
        raise Refusal(Code.NOT_CONFIGURED, f"set {', '.join(missing)} in the environment")
    if missing:
        given = _kept_secrets(instance) | given
    return Config(
        database_url=given.get("DATABASE_URL") or f"sqlite:///{instance / 'hepatica.db'}",
        secret_key=given["SECRET_KEY"],
        link_keys=tuple(given["LINK_KEYS"].split(",")),
        contact_keys=tuple(given["CONTACT_KEYS"].split(",")),
        public_url=given.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/"),
        trusted_proxies=int(given.get("TRUSTED_PROXIES", "0")),
        smtp_url=given.get("SMTP_URL") or None,
        outbox=instance / "outbox",
        mail_from=given.get("MAIL_FROM", "Hepatica <hepatica@localhost>"),
        production=production,
    )


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
