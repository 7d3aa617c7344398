"""One staff account for each role of the demo, with passwords that were made up and kept in a file."""

import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import database
from app.cli.demo.story import STAFF
from app.config import Config
from app.domain.actor import ROLES, Role
from app.models import Account
from app.operations.accounts import add_account
from app.queries.studies import CurrentStudy

SITE_ROLES: frozenset[Role] = frozenset({"coordinator"})
UNBLINDED: frozenset[Role] = frozenset({"statistician"})
"""The report that is printed beside the accounts is theirs to open."""


@dataclass(frozen=True)
class DemoAccount:
    """What someone types to sign in; `email` says the role."""

    role: Role
    email: str
    password: str
    site: str | None


def ensure_accounts(settings: Config, current: CurrentStudy, *, now: datetime) -> None:
    """Add what is missing of the accounts; the file is written first, so that no password is ever lost.

    A password of the file serves again where the database is new. Where the file was lost, nobody can know
    the password of an account that is there: the role gets another one, with a number in its address.
    """
    kept = _kept(settings.demo_accounts)
    with database.writing(settings.database_url) as session:
        there = set(session.scalars(select(Account.email)))
        for role in ROLES:
            email = _newest(kept, role)
            if email is None:
                email = _free(there, role)
                kept[email] = secrets.token_urlsafe(12)
                _keep(settings.demo_accounts, kept)
            if email not in there:
                _add(session, role, email, kept[email], current, now=now)


def accounts(settings: Config, current: CurrentStudy) -> list[DemoAccount]:
    """Return the accounts that the file knows, one for each role."""
    kept = _kept(settings.demo_accounts)
    found = [(role, _newest(kept, role)) for role in ROLES]
    return [
        DemoAccount(role, email, kept[email], _site(role, current))
        for role, email in found
        if email is not None
    ]


def _add(
    session: Session, role: Role, email: str, password: str, current: CurrentStudy, *, now: datetime
) -> None:
    add_account(
        session,
        email=email,
        name=f"Demo {role}",
        role=role,
        study_id=current.study_id,
        site=_site(role, current),
        password=password,
        actor=STAFF,
        now=now,
        unblinded=role in UNBLINDED,
    )


def _site(role: Role, current: CurrentStudy) -> str | None:
    return current.study.sites[0].code if role in SITE_ROLES else None


def _free(there: set[str], role: Role) -> str:
    names = (f"{role}{number or ''}@demo.invalid" for number in (0, *range(2, len(there) + 3)))
    return next(email for email in names if email not in there)


def _newest(kept: dict[str, str], role: Role) -> str | None:
    return next((email for email in reversed(kept) if email.startswith(role)), None)


def _kept(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = (line.split() for line in path.read_text().splitlines())
    return {words[0]: words[1] for words in lines if len(words) == 2}


def _keep(path: Path, kept: dict[str, str]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    with open(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        file.writelines(f"{email} {password}\n" for email, password in kept.items())
    draft.replace(path)
