"""What is said about a password that someone chooses."""

from collections.abc import Iterable

from app.domain.password import LONGEST, SHORTEST, SHORTEST_ALONE, weakness
from app.i18n import gettext


def fault(password: str, *, context: Iterable[str] = (), alone: bool = False) -> str | None:
    """Return what to change about a password, in the language in use, or None; `weakness` says the rest."""
    match weakness(password, context=context, alone=alone):
        case "too short":
            shortest = SHORTEST_ALONE if alone else SHORTEST
            return gettext("Use at least %(number)s characters.", number=shortest)
        case "too long":
            return gettext("Use at most %(number)s characters.", number=LONGEST)
        case "guessable":
            return gettext(
                "This password is easily guessed. Choose words that nobody connects with you or the study."
            )
        case _:
            return None
