"""Staff as those see them who administer: what they may do where, and whether they can sign in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from app.domain.account import (
    AccountState,
    DelegationState,
    PasswordLinkKind,
    Period,
    QualificationKind,
    account_state,
    delegation_state,
)
from app.domain.actor import Actor, Role
from app.errors import Code, Refusal
from app.formats import password_token
from app.models import Account, PasswordLink, Qualification, SignedIn, Study
from app.queries.access import hashed
from app.queries.second_factors import with_second_factor

LENGTH_OF_MARK = 16


@dataclass(frozen=True)
class QualificationRow:
    """A training or a delegation."""

    id: int
    kind: QualificationKind
    what: str
    period: Period
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True)
class PersonRow:
    """A member of staff; `study` is the code of the only one they may see."""

    account_id: int
    email: str
    name: str
    role: Role
    study_id: int | None
    study: str | None
    site: str | None
    language: str
    unblinded: bool
    second_factor: bool
    created_at: datetime
    deactivated_at: datetime | None
    signed_in_at: datetime | None
    state: AccountState
    qualifications: tuple[QualificationRow, ...]

    def delegation(self, today: date) -> DelegationState:
        """Return where their delegations stand on a day."""
        return delegation_state(self._periods("delegation"), today)

    @property
    def trained_on(self) -> date | None:
        """Return the day of their newest training."""
        return max((each.started_on for each in self._periods("training")), default=None)

    @property
    def delegated(self) -> Period | None:
        """Return the delegation that began last."""
        return max(self._periods("delegation"), key=lambda each: each.started_on, default=None)

    def _periods(self, kind: QualificationKind) -> list[Period]:
        return [each.period for each in self.qualifications if each.kind == kind]


@dataclass(frozen=True)
class PeoplePage:
    """One page of those who match; `total` is over all pages."""

    rows: Sequence[PersonRow]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class LinkRow:
    """A link by mail for choosing a password, and what became of the mail with it."""

    kind: PasswordLinkKind
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    fate: str | None


@dataclass(frozen=True)
class BrowserRow:
    """A browser that is signed in; `mark` tells it from the others of the same person."""

    mark: str
    begun_at: datetime
    seen_at: datetime | None
    browser: str
    this_one: bool


def listed(
    session: Session,
    *,
    actor: Actor,
    search: str = "",
    role: str = "",
    state: str = "",
) -> list[PersonRow]:
    """Return everyone within what the actor may see, by name; `search` is a part of a name or an address."""
    where: list[ColumnElement[bool]] = [*_within(actor)]
    if search:
        where.append(
            or_(
                func.lower(Account.name).contains(search.lower(), autoescape=True),
                Account.email.contains(search.lower(), autoescape=True),
            )
        )
    if role:
        where.append(Account.role == role)
    found = _rows(session, where)
    return [each for each in found if not state or each.state == state]


def paged(
    session: Session,
    *,
    actor: Actor,
    page: int,
    per_page: int,
    search: str = "",
    role: str = "",
    state: str = "",
) -> PeoplePage:
    """Return one page of what `listed` gives; a page that there is not is the nearest one.

    A state is worked out of what is stored, so that all who match are looked at before the page is cut.
    """
    found = listed(session, actor=actor, search=search, role=role, state=state)
    pages = max(1, -(-len(found) // per_page))
    page = min(max(page, 1), pages)
    return PeoplePage(found[(page - 1) * per_page : page * per_page], len(found), page, pages)


def one(session: Session, *, actor: Actor, account_id: int) -> PersonRow:
    """Return a member of staff; NOT_FOUND also outside what the actor may see."""
    found = _rows(session, [*_within(actor), Account.id == account_id])
    if not found:
        raise Refusal(Code.NOT_FOUND, f"account {account_id}")
    return found[0]


def administrators(session: Session) -> list[PersonRow]:
    """Return those who administer and can sign in."""
    return [each for each in _rows(session, [Account.role == "administrator"]) if each.state == "active"]


def account_id_of(session: Session, *, email: str) -> int | None:
    """Return the id of the account with an address that may sign in, or None."""
    return session.scalar(
        select(Account.id).where(Account.email == email.strip().lower(), Account.deactivated_at.is_(None))
    )


def links(session: Session, *, account_id: int, limit: int = 5) -> list[LinkRow]:
    """Return the last links for choosing a password, the newest first."""
    rows = session.scalars(
        select(PasswordLink)
        .where(PasswordLink.account_id == account_id)
        .order_by(PasswordLink.id.desc())
        .limit(limit)
    )
    return [
        LinkRow(each.kind, each.issued_at, each.expires_at, each.used_at, each.revoked_at, each.fate)
        for each in rows
    ]


def link_opens(
    session: Session, *, token: str, link_keys: Sequence[str], now: datetime
) -> tuple[str, bool] | None:
    """Return the language of who may choose a password with a token, and whether they have a second factor.

    None where it opens nothing.
    """
    row = session.execute(
        select(Account.language, with_second_factor())
        .join(PasswordLink, PasswordLink.account_id == Account.id)
        .where(
            PasswordLink.id == (password_token.read(token, link_keys) or 0),
            PasswordLink.used_at.is_(None),
            PasswordLink.revoked_at.is_(None),
            PasswordLink.expires_at > now,
            Account.deactivated_at.is_(None),
        )
    ).first()
    return None if row is None else (row[0], row[1])


def browsers(
    session: Session, *, account_id: int, now: datetime, secret: str | None = None
) -> list[BrowserRow]:
    """Return someone's browsers that are signed in, the one used last first; `secret` is that of this one."""
    rows = session.scalars(
        select(SignedIn).where(
            SignedIn.account_id == account_id,
            SignedIn.ended_at.is_(None),
            SignedIn.expires_at > now,
            or_(SignedIn.idle_until.is_(None), SignedIn.idle_until > now),
        )
    )
    this_one = hashed(secret) if secret else None
    found = [
        BrowserRow(
            each.secret_hash[:LENGTH_OF_MARK],
            each.created_at,
            each.seen_at,
            each.browser or "",
            each.secret_hash == this_one,
        )
        for each in rows
    ]
    return sorted(found, key=lambda each: each.seen_at or each.begun_at, reverse=True)


def delegated(session: Session, *, account_id: int, today: date) -> bool:
    """Return whether a delegation of someone is in force."""
    rows = session.scalars(
        select(Qualification).where(
            Qualification.account_id == account_id, Qualification.kind == "delegation"
        )
    )
    return delegation_state((Period(each.started_on, each.ended_on) for each in rows), today) == "in force"


def _within(actor: Actor) -> Iterator[ColumnElement[bool]]:
    if actor.study_id is not None:
        yield Account.study_id == actor.study_id
    if actor.site is not None:
        yield Account.site == actor.site


def _rows(session: Session, where: Sequence[ColumnElement[bool]]) -> list[PersonRow]:
    signed_in_at = (
        select(func.max(SignedIn.created_at)).where(SignedIn.account_id == Account.id).scalar_subquery()
    )
    invited = exists().where(PasswordLink.account_id == Account.id, PasswordLink.kind == "invitation")
    chosen = exists().where(PasswordLink.account_id == Account.id, PasswordLink.used_at.is_not(None))
    found = session.execute(
        select(Account, Study.code, signed_in_at, invited, chosen, with_second_factor())
        .outerjoin(Study, Study.id == Account.study_id)
        .where(*where)
        .order_by(func.lower(Account.name), Account.id)
    ).all()
    qualifications = _qualifications(session, [account.id for account, *_ in found])
    return [
        PersonRow(
            account_id=account.id,
            email=account.email,
            name=account.name,
            role=account.role,
            study_id=account.study_id,
            study=study,
            site=account.site,
            language=account.language,
            unblinded=account.unblinded,
            second_factor=second_factor,
            created_at=account.created_at,
            deactivated_at=account.deactivated_at,
            signed_in_at=at,
            state=account_state(
                deactivated=account.deactivated_at is not None,
                has_password=has_chosen or not was_invited,
                signed_in_before=at is not None,
            ),
            qualifications=tuple(qualifications.get(account.id, ())),
        )
        for account, study, at, was_invited, has_chosen, second_factor in found
    ]


def _qualifications(session: Session, account_ids: Sequence[int]) -> Mapping[int, list[QualificationRow]]:
    found: dict[int, list[QualificationRow]] = {}
    rows = session.scalars(
        select(Qualification)
        .where(Qualification.account_id.in_(account_ids))
        .order_by(Qualification.started_on.desc(), Qualification.id.desc())
    )
    for each in rows:
        period = Period(each.started_on, each.ended_on)
        row = QualificationRow(each.id, each.kind, each.what, period, each.recorded_at, each.recorded_by)
        found.setdefault(each.account_id, []).append(row)
    return found
