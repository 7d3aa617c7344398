"""What holds of a member of staff: whether they can sign in, and what they are trained and delegated for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

AccountState = Literal["invited", "active", "deactivated"]
ACCOUNT_STATES: tuple[AccountState, ...] = ("active", "invited", "deactivated")
QualificationKind = Literal["training", "delegation"]
QUALIFICATION_KINDS: tuple[QualificationKind, ...] = ("training", "delegation")
PasswordLinkKind = Literal["invitation", "reset"]
PASSWORD_LINK_KINDS: tuple[PasswordLinkKind, ...] = ("invitation", "reset")
DelegationState = Literal["in force", "to come", "ended", "missing"]


@dataclass(frozen=True)
class Period:
    """The days on which something holds, both included; without an end it holds on."""

    started_on: date
    ended_on: date | None = None

    def holds(self, on: date) -> bool:
        """Return whether a day lies within."""
        return self.started_on <= on and (self.ended_on is None or on <= self.ended_on)


def account_state(*, deactivated: bool, has_password: bool, signed_in_before: bool) -> AccountState:
    """Return whether someone can sign in; one who comes by single sign-on needs no password."""
    if deactivated:
        return "deactivated"
    return "active" if has_password or signed_in_before else "invited"


def delegation_state(delegations: Iterable[Period], today: date) -> DelegationState:
    """Return where someone's delegations stand: one that is in force outweighs all others."""
    known = list(delegations)
    if any(each.holds(today) for each in known):
        return "in force"
    if any(each.started_on > today for each in known):
        return "to come"
    return "ended" if known else "missing"
