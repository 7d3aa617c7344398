"""A participant's arm, shown to who says why they must know it; every look stands in the trail."""

from flask import request
from flask.typing import ResponseReturnValue
from wtforms import StringField

from app.errors import Code, Refusal
from app.i18n import lazy_gettext
from app.operations import allocations
from app.web.gate import staff_only
from app.web.staff import blueprint
from app.web.staff.desk import Desk, at_desk
from app.web.staff.fields import AtMost, Needed, StaffForm, stripped
from app.web.staff.pages import page


class ArmForm(StaffForm):
    """Why."""

    reason = StringField(
        lazy_gettext("Why you must know it"), [Needed(lazy_gettext("Write a reason.")), AtMost(500)]
    )


def may_ask(desk: Desk) -> bool:
    """Return whether this member of staff may be told arms at all."""
    return desk.study.may_learn_arms(desk.staff.role)


@blueprint.get("/participants/<code>/arm")
@staff_only("coordinator", "administrator")
def arm(code: str) -> ResponseReturnValue:
    """Ask why."""
    with at_desk() as desk:
        return _page(desk, code, ArmForm())


@blueprint.post("/participants/<code>/arm")
@staff_only("coordinator", "administrator")
def read_arm(code: str) -> ResponseReturnValue:
    """Record the look, and show the arm on a page that no browser keeps."""
    form = ArmForm(request.form)
    with at_desk(writing=True) as desk:
        if not form.validate():
            return _page(desk, code, form), 422
        participant = desk.participant(code)
        _refuse_the_blind(desk)
        found = allocations.read_arm(
            desk.session,
            participant_id=participant.id,
            reason=stripped(form.reason.data),
            actor=desk.actor,
            now=desk.now,
        )
        return _page(desk, code, form, desk.study.arm(found).name)


def _page(desk: Desk, code: str, form: ArmForm, shown: str = "") -> str:
    participant = desk.participant(code)
    _refuse_the_blind(desk)
    if participant.randomised_on is None:
        raise Refusal(Code.NOT_FOUND, "not randomised")
    return page("arm.html", desk, form=form, participant=participant, shown=shown)


def _refuse_the_blind(desk: Desk) -> None:
    if not may_ask(desk):
        raise Refusal(Code.NOT_ALLOWED, "the arm, where both sides are blinded")
