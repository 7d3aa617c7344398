"""Ways in: participants' links, staff accounts, signed-in browsers, and counted attempts."""

from datetime import datetime
from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.actor import ROLES, Role
from app.models.base import Base, Instant, one_of


class Link(Base):
    """A participant's way in; its token is signed from the id; neither it nor its short code is stored.

    `code_hash` finds a link by the code that someone types.
    """

    __tablename__ = "link"
    __table_args__ = (Index("ix_link_code_hash", "code_hash", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    issued_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    code_hash: Mapped[str | None] = mapped_column(String(64))


class LinkRequest(Base):
    """Someone who holds a dead link asked for a new one; a link issued later answers it."""

    __tablename__ = "link_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)


class Account(Base):
    """A member of staff; `study_id` and `site` limit what they may see, None means every one.

    `unblinded`: may see what tells the arms of a blinded study in a report.
    """

    __tablename__ = "account"
    __table_args__ = (
        one_of("role", ROLES),
        CheckConstraint("role <> 'coordinator' OR site IS NOT NULL", name="coordinator_has_site"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(String(20))
    study_id: Mapped[int | None] = mapped_column(ForeignKey("study.id"))
    site: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(20), default="en")
    created_at: Mapped[datetime] = mapped_column(Instant)
    deactivated_at: Mapped[datetime | None] = mapped_column(Instant)
    unblinded: Mapped[bool] = mapped_column(default=False, server_default=false())


Proof = Literal["password", "code", "recovery code", "passkey", "provider", "provider mfa"]
"""By what a member of staff showed who they are: the strongest of what was asked for."""


class SignedIn(Base):
    """A browser that was let in, known by the hash of its secret; a row, so that it can be ended.

    Of staff it says by what and when they last showed who they are, when it was last used, to the minute,
    until when it may rest, and what kind of browser it is.
    """

    __tablename__ = "signed_in"
    __table_args__ = (
        CheckConstraint("(participant_id IS NULL) <> (account_id IS NULL)", name="one_person"),
        CheckConstraint("(participant_id IS NULL) = (link_id IS NULL)", name="by_link"),
    )

    secret_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"), index=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("link.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    proved_by: Mapped[Proof | None] = mapped_column(String(20))
    proved_at: Mapped[datetime | None] = mapped_column(Instant)
    seen_at: Mapped[datetime | None] = mapped_column(Instant)
    idle_until: Mapped[datetime | None] = mapped_column(Instant)
    browser: Mapped[str | None] = mapped_column(String(40))


AttemptKind = Literal["link", "address", "sign-in", "second-factor", "reset", "new-address", "hook"]


class Attempt(Base):
    """One failed try at a year of birth or a password, counted per link, account and address."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_kind_subject_tried_at", "kind", "subject", "tried_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[AttemptKind] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(64))
    tried_at: Mapped[datetime] = mapped_column(Instant)
