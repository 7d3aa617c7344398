"""Queries on values: a list, one with its thread, and the form that raises one."""

from datetime import datetime
from typing import TypedDict

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField
from wtforms.validators import ValidationError

from app.domain.actor import Actor
from app.domain.data_queries import QUERY_STATES, QUERY_SUBJECTS, QuerySubject, may_answer, may_close
from app.errors import Code, Refusal
from app.i18n import gettext, lazy_gettext
from app.operations import data_queries as operations
from app.queries import colleagues
from app.queries import data_queries as queries
from app.queries.data_queries import QueryRow
from app.web.gate import LARGEST_KEY, staff_only
from app.web.staff import blueprint, queried, table_file
from app.web.staff.desk import Desk, at_desk
from app.web.staff.fields import AtMost, Needed, StaffForm, stripped
from app.web.staff.owner import OwnerForm
from app.web.staff.pages import page

PER_PAGE = 50
ONE = "/queries/<int:query_id>"
RAISE = "/participants/<code>/queries/new"
COLUMNS: table_file.Columns[QueryRow] = {
    "query": lambda row: row.id,
    "participant": lambda row: row.participant,
    "site": lambda row: row.site,
    "about": lambda row: f"{row.subject}:{row.subject_id}",
    "field": lambda row: row.field,
    "value": lambda row: row.value,
    "check": lambda row: row.check,
    "question": lambda row: row.asked.text,
    "asked_at": lambda row: row.asked.at,
    "asked_by": lambda row: row.asked.by,
    "owner": lambda row: None if row.owner_id is None else f"account:{row.owner_id}",
    "state": lambda row: row.state,
    "last_text": lambda row: row.steps[-1].text,
    "last_at": lambda row: row.steps[-1].at,
    "last_by": lambda row: row.steps[-1].by,
}


class Said(TypedDict):
    """What every step of a query takes."""

    query_id: int
    text: str
    actor: Actor
    now: datetime


class QuestionForm(StaffForm):
    """What is asked about a value."""

    text = TextAreaField(
        lazy_gettext("Your question"),
        [Needed(lazy_gettext("Write what you ask.")), AtMost(1000)],
        description=lazy_gettext("It goes to the coordinators of the site. Do not mention the treatment."),
    )


class ThreadForm(StaffForm):
    """What is said in a query; to close it no words are needed."""

    says = {  # noqa: RUF012 - read, never changed
        Code.CHANGED_MEANWHILE: lazy_gettext(
            "Something was recorded since you opened the page. Look at it before you add to it."
        ),
    }

    text = TextAreaField(lazy_gettext("Your words"), [AtMost(1000)])

    def validate_text(self, field: TextAreaField) -> None:
        """Answers and further questions have words."""
        if request.form.get("do") != "close" and not stripped(field.data):
            raise ValidationError(gettext("Write what you want to say."))


@blueprint.get("/queries")
@staff_only("coordinator", "monitor", "administrator")
def data_queries() -> ResponseReturnValue:
    """Show those that are not closed, the oldest first, or what the address asks for."""
    given = request.args
    wanted = next((state for state in QUERY_STATES if state == given.get("state")), None)
    with at_desk() as desk:
        mine = given.get("owner") == "me"
        asked: queries.Asked = {
            "actor": desk.actor,
            "study_id": desk.study_id,
            "state": wanted,
            "site": given.get("site") or None,
            "owner_id": desk.staff.account_id if mine else None,
            "search": given.get("search", "").strip(),
        }
        if table_file.wanted():
            return table_file.table_file(
                desk, "queries", COLUMNS, lambda session: queries.everything(session, **asked)
            )
        found = queries.listed(desk.session, page=given.get("page", 1, type=int), per_page=PER_PAGE, **asked)
        return page(
            "data_queries.html",
            desk,
            found=found,
            rows=queried.shown(desk, found.rows),
            wanted=wanted or "",
            states=QUERY_STATES,
            site=given.get("site", ""),
            search=asked["search"],
            mine=mine,
        )


@blueprint.get(ONE)
@staff_only("coordinator", "monitor", "administrator")
def data_query(query_id: int) -> ResponseReturnValue:
    """Show the thread of one, and what the reader may add to it."""
    with at_desk() as desk:
        return _page(desk, _query(desk, query_id), ThreadForm())


@blueprint.post(ONE)
@staff_only("coordinator", "monitor", "administrator")
def say_in_query(query_id: int) -> ResponseReturnValue:
    """Answer, close or open again: who may do what is the operation's to say."""
    form = ThreadForm(request.form)
    do = request.form.get("do")
    try:
        with at_desk(writing=True) as desk:
            row = _query(desk, query_id)
            if form.validate():
                said: Said = {
                    "query_id": row.id,
                    "text": stripped(form.text.data),
                    "actor": desk.actor,
                    "now": desk.now,
                }
                if do == "answer":
                    operations.answer_query(desk.session, **said)
                elif do == "reopen":
                    operations.reopen_query(desk.session, **said)
                else:
                    operations.close_query(desk.session, **said)
                return redirect(url_for("staff.data_query", query_id=query_id), 303)
    except Refusal as refusal:
        if refusal.code != Code.CHANGED_MEANWHILE:
            raise
        form.refuse(refusal)
    with at_desk() as desk:
        return _page(desk, _query(desk, query_id), form), 422


@blueprint.post(f"{ONE}/owner")
@staff_only("coordinator", "administrator")
def give_query(query_id: int) -> ResponseReturnValue:
    """Give it to someone else to answer."""
    form = OwnerForm(request.form)
    with at_desk(writing=True) as desk:
        row = _query(desk, query_id)
        form.offer(desk, row.site)
        if not form.validate():
            raise Refusal(Code.UNKNOWN_CODE, "owner")
        operations.assign_query(
            desk.session,
            query_id=row.id,
            account_id=int(form.owner.data),
            actor=desk.actor,
            now=desk.now,
        )
    return redirect(url_for("staff.data_query", query_id=query_id), 303)


@blueprint.get(RAISE)
@staff_only("monitor", "administrator")
def new_query(code: str) -> ResponseReturnValue:
    """Show the value that is asked about, and ask for the question."""
    with at_desk() as desk:
        return _raising(desk, code, QuestionForm())


@blueprint.post(RAISE)
@staff_only("monitor", "administrator")
def raise_query(code: str) -> ResponseReturnValue:
    """Raise it; the address says about which value."""
    form = QuestionForm(request.form)
    with at_desk(writing=True) as desk:
        participant = desk.participant(code)
        subject, subject_id, field = _about()
        if form.validate():
            query_id = operations.raise_query(
                desk.session,
                participant_id=participant.id,
                subject=subject,
                subject_id=subject_id,
                field=field,
                text=stripped(form.text.data),
                actor=desk.actor,
                now=desk.now,
            )
            flash(gettext("The query is raised."), "good")
            return redirect(url_for("staff.data_query", query_id=query_id), 303)
    with at_desk() as desk:
        return _raising(desk, code, form), 422


def _about() -> tuple[QuerySubject, int, str]:
    given = request.args
    subject = next((each for each in QUERY_SUBJECTS if each == given.get("subject")), None)
    row = given.get("row", type=int)
    if subject is None or row is None or not 0 < row <= LARGEST_KEY:
        raise Refusal(Code.NOT_FOUND, "no such value")
    return subject, row, given.get("field", "")


def _raising(desk: Desk, code: str, form: QuestionForm) -> str:
    participant = desk.participant(code)
    about = _about()
    return page(
        "new_query.html",
        desk,
        participant=participant,
        value=queried.value(desk, participant, *about),
        back=queried.address(participant.code, about[0], about[1]),
        form=form,
    )


def _query(desk: Desk, query_id: int) -> QueryRow:
    return queries.one(desk.session, actor=desk.actor, study_id=desk.study_id, query_id=query_id)


def _page(desk: Desk, row: QueryRow, form: ThreadForm) -> str:
    owner = OwnerForm(data={"owner": str(row.owner_id or "")})
    owner.offer(desk, row.site)
    (query,) = queried.shown(desk, [row])
    names = colleagues.names(desk.session, account_ids={step.owner_id for step in row.steps if step.owner_id})
    participant = desk.participant(row.participant)
    now = queried.value(desk, participant, *row.about)
    return page(
        "data_query.html",
        desk,
        query=query,
        row=row,
        value=now,
        before="" if row.subject == "answer" else queried.value_words(row.field, row.value),
        names=names,
        form=form,
        owner_form=owner,
        may_answer=may_answer(desk.actor) and row.state != "closed",
        may_close=may_close(desk.actor, row.asked.by),
    )
