"""Queries: questions that a monitor or a check raises on a value, and where each stands."""

from collections.abc import Mapping, Sequence
from typing import Literal

from app.domain.actor import Actor

QuerySubject = Literal["answer", "event", "participant", "treatment", "sighting"]
QUERY_SUBJECTS: tuple[QuerySubject, ...] = ("answer", "event", "participant", "treatment", "sighting")

QueryStepKind = Literal["asked", "assigned", "answered", "closed", "reopened"]
QUERY_STEP_KINDS: tuple[QueryStepKind, ...] = ("asked", "assigned", "answered", "closed", "reopened")

QueryState = Literal["open", "answered", "closed"]
QUERY_STATES: tuple[QueryState, ...] = ("open", "answered", "closed")

FIELDS: Mapping[QuerySubject, tuple[str, ...]] = {
    "event": ("kind", "started", "ended", "reason", "place"),
    "participant": ("enrolled_on", "consented_on", "randomised_on"),
    "treatment": ("given_on",),
    "sighting": ("seen_on",),
}
"""What can be asked about; of an answer it is the item."""

STATE_AFTER: Mapping[QueryStepKind, QueryState] = {
    "asked": "open",
    "reopened": "open",
    "answered": "answered",
    "closed": "closed",
}
_FROM: Mapping[QueryStepKind, tuple[QueryState, ...]] = {
    "assigned": ("open", "answered"),
    "answered": ("open", "answered"),
    "closed": ("open", "answered"),
    "reopened": ("answered", "closed"),
}


def query_state(steps: Sequence[QueryStepKind]) -> QueryState:
    """Return where a query stands, from what was done about it in the order in which it was done."""
    return next((STATE_AFTER[kind] for kind in reversed(steps) if kind in STATE_AFTER), "open")


def follows(kind: QueryStepKind, state: QueryState) -> bool:
    """Return whether a step can be taken in a state."""
    return state in _FROM.get(kind, ())


def may_raise(actor: Actor) -> bool:
    """Return whether someone may ask: monitors, administrators, and what runs by itself."""
    return actor.kind == "command" or actor.role in ("monitor", "administrator")


def may_answer(actor: Actor) -> bool:
    """Return whether someone may answer, or hand a query to someone else."""
    return actor.role in ("coordinator", "administrator")


def may_close(actor: Actor, raised_by: str) -> bool:
    """Return whether someone may end a query, or open it again: who raised it, or who could have."""
    return actor.label == raised_by or actor.role in ("monitor", "administrator")
