"""Who signs shows again that it is they: by their password, or by a passkey where they have one."""

from dataclasses import dataclass

from flask import g, request
from sqlalchemy.orm import Session

from app.domain.signature import ConfirmedBy
from app.errors import Code, Refusal
from app.operations import reauthentication
from app.queries.second_factors import ways_in
from app.web import transactions
from app.web.staff import passkeys


@dataclass(frozen=True)
class Ways:
    """By what someone can sign beside their password.

    `passkey` asks the browser for one of theirs; `advised`: they have none and come in by single sign-on, so
    that they may have no password either.
    """

    passkey: str | None
    advised: bool


def ways(session: Session) -> Ways:
    """Return by what whoever looks at the page can sign."""
    asked = passkeys.to_confirm(session, g.staff.account_id)
    bound = ways_in(session, account_id=g.staff.account_id).provider is not None
    return Ways(asked, asked is None and bound)


def confirm(*, password: str, answer: str) -> ConfirmedBy:
    """Make sure that it is the account's owner who signs, and return by what; a failed try stays counted.

    `answer` is what the browser said of a passkey, or nothing.
    """
    if not (password or answer):
        raise Refusal(Code.SIGNATURE_NEEDED)
    known = {"account_id": g.staff.account_id, "address": request.remote_addr or "", "now": g.now}
    with transactions.writing() as session:
        refusal = (
            reauthentication.confirm_by_passkey(
                session,
                answer=answer,
                place=passkeys.place(),
                key=transactions.settings().secret_key,
                **known,
            )
            if answer
            else reauthentication.confirm_identity(session, password=password, **known)
        )
    if refusal is not None:
        raise refusal
    return "passkey" if answer else "password"
