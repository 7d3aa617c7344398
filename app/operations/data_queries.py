"""Queries on values: raised, handed on, answered, closed and opened again, each as a step of its own."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.data_queries import (
    QueryStepKind,
    QuerySubject,
    follows,
    may_answer,
    may_close,
    may_raise,
    query_state,
)
from app.errors import Code, Refusal
from app.models import Account, DataQuery, DataQueryStep, Participant
from app.operations import audit
from app.operations.audit import Chain
from app.operations.participants import held
from app.queries import queried_values
from app.queries.colleagues import may_own

ACTIONS: Mapping[QueryStepKind, str] = {
    "asked": "query.ask",
    "assigned": "query.assign",
    "answered": "query.answer",
    "closed": "query.close",
    "reopened": "query.reopen",
}


def raise_query(
    session: Session,
    *,
    participant_id: int,
    subject: QuerySubject,
    subject_id: int,
    field: str,
    text: str,
    actor: Actor,
    now: datetime,
    finding: str | None = None,
) -> int:
    """Ask about a value and return the query's id; the same `finding` of a check again is the same query.

    Refuses who may not ask, a value that there is not, a question without words from a person, and infusions
    where the mere fact of one tells the arm of a blinded study.
    """
    held(session, participant_id=participant_id, actor=actor)
    if not may_raise(actor):
        raise Refusal(Code.NOT_ALLOWED, f"{actor.label} raises no queries")
    if finding is not None:
        there = session.scalar(select(DataQuery.id).filter_by(participant_id=participant_id, finding=finding))
        if there is not None:
            return there
    elif not text:
        raise Refusal(Code.REASON_NEEDED, "a query without words")
    query = DataQuery(
        participant_id=participant_id,
        subject=subject,
        subject_id=subject_id,
        field=field,
        value=queried_values.value(
            session, participant_id=participant_id, subject=subject, subject_id=subject_id, field=field
        ),
        finding=finding,
    )
    session.add(query)
    session.flush()
    about = {"about": f"{subject}:{subject_id}", "field": field, "value": query.value}
    _step(session, query, "asked", text=text, actor=actor, now=now, told=about)
    return query.id


def answer_query(session: Session, *, query_id: int, text: str, actor: Actor, now: datetime) -> None:
    """Answer a query that is not closed; it is open until whoever may close it does."""
    query, _ = _held(session, query_id, actor)
    if not may_answer(actor):
        raise Refusal(Code.NOT_ALLOWED, f"{actor.label} answers no queries")
    if not text:
        raise Refusal(Code.REASON_NEEDED, "an answer without words")
    _follow(session, query, "answered", text=text, actor=actor, now=now)


def close_query(session: Session, *, query_id: int, actor: Actor, now: datetime, text: str = "") -> None:
    """End a query; only who raised it, a monitor or an administrator may."""
    query, _ = _held(session, query_id, actor)
    _check_closer(session, query, actor)
    _follow(session, query, "closed", text=text, actor=actor, now=now)


def reopen_query(session: Session, *, query_id: int, text: str, actor: Actor, now: datetime) -> None:
    """Ask again, because the answer does not settle it."""
    query, _ = _held(session, query_id, actor)
    _check_closer(session, query, actor)
    if not text:
        raise Refusal(Code.REASON_NEEDED, "opened again without words")
    _follow(session, query, "reopened", text=text, actor=actor, now=now)


def assign_query(session: Session, *, query_id: int, account_id: int, actor: Actor, now: datetime) -> None:
    """Give a query to a coordinator of its site or an administrator."""
    query, participant = _held(session, query_id, actor)
    if not (may_answer(actor) or may_raise(actor)):
        raise Refusal(Code.NOT_ALLOWED, f"{actor.label} hands no queries on")
    account = session.get(Account, account_id)
    if account is None or not may_own(account, study_id=participant.study_id, site=participant.site):
        raise Refusal(Code.UNKNOWN_CODE, f"account {account_id}")
    _follow(session, query, "assigned", owner_id=account_id, actor=actor, now=now)


def _held(session: Session, query_id: int, actor: Actor) -> tuple[DataQuery, Participant]:
    query = session.get(DataQuery, query_id)
    if query is None:
        raise Refusal(Code.NOT_FOUND, f"query {query_id}")
    return query, held(session, participant_id=query.participant_id, actor=actor)


def _check_closer(session: Session, query: DataQuery, actor: Actor) -> None:
    raised_by = session.scalars(
        select(DataQueryStep.done_by).filter_by(query_id=query.id, kind="asked")
    ).one()
    if not may_close(actor, raised_by):
        raise Refusal(Code.NOT_ALLOWED, f"{actor.label} does not end query {query.id}")


def _follow(
    session: Session,
    query: DataQuery,
    kind: QueryStepKind,
    *,
    actor: Actor,
    now: datetime,
    text: str = "",
    owner_id: int | None = None,
) -> None:
    """Add a step if it can follow; the same step with the same words at once is the same form, sent twice."""
    steps = session.scalars(
        select(DataQueryStep).filter_by(query_id=query.id).order_by(DataQueryStep.id)
    ).all()
    last = steps[-1]
    if (last.kind, last.text, last.owner_id, last.done_by) == (kind, text, owner_id, actor.label):
        return
    state = query_state([each.kind for each in steps])
    if not follows(kind, state):
        raise Refusal(Code.CHANGED_MEANWHILE, f"query {query.id} is {state}")
    _step(session, query, kind, text=text, owner_id=owner_id, actor=actor, now=now, told={})


def _step(
    session: Session,
    query: DataQuery,
    kind: QueryStepKind,
    *,
    actor: Actor,
    now: datetime,
    told: Mapping[str, object],
    text: str = "",
    owner_id: int | None = None,
) -> None:
    session.add(
        DataQueryStep(
            query_id=query.id, kind=kind, owner_id=owner_id, text=text, done_at=now, done_by=actor.label
        )
    )
    session.flush()
    new = {**told, "text": text} if owner_id is None else {"owner": f"account:{owner_id}"}
    if query.finding is not None and kind == "asked":
        new = {**told, "finding": query.finding}
    audit.record(
        session,
        chain=Chain("participant", query.participant_id),
        actor=actor,
        action=ACTIONS[kind],
        subject=f"query:{query.id}",
        now=now,
        new=new,
        locked=True,
    )
