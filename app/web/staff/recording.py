"""What happened to a participant, recorded: one small page for each kind of record."""

import secrets

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.schedule import civil_date
from app.errors import Code, Refusal
from app.queries.participants import ParticipantRow
from app.web.gate import staff_only
from app.web.staff import blueprint
from app.web.staff.anchor import InfusionCorrectionForm, RandomisationCorrectionForm
from app.web.staff.consent import ConsentForm
from app.web.staff.death import DeathForm
from app.web.staff.desk import Desk, at_desk
from app.web.staff.draw import DrawForm
from app.web.staff.hospital_stay import HospitalStayForm
from app.web.staff.infusion import InfusionForm
from app.web.staff.language import LanguageForm
from app.web.staff.missed import MissedForm
from app.web.staff.pages import page
from app.web.staff.randomisation import RandomisationForm
from app.web.staff.record import RecordForm
from app.web.staff.safety import AdverseEventForm, TumourForm
from app.web.staff.sighting import SightingForm
from app.web.staff.transplant import TransplantForm
from app.web.staff.withdrawal import WithdrawalForm

RECORDS: dict[str, type[RecordForm]] = {
    "consent": ConsentForm,
    "randomise": RandomisationForm,
    "draw": DrawForm,
    "infusion": InfusionForm,
    "sighting": SightingForm,
    "hospital-stay": HospitalStayForm,
    "transplant": TransplantForm,
    "death": DeathForm,
    "tumour": TumourForm,
    "adverse-event": AdverseEventForm,
    "withdrawal": WithdrawalForm,
    "language": LanguageForm,
    "correct-randomisation": RandomisationCorrectionForm,
    "correct-infusion": InfusionCorrectionForm,
    "missed": MissedForm,
}
ADDRESS = f"/participants/<code>/<any({', '.join(map(repr, RECORDS))}):thing>"
AT_THE_DATE = (Code.DATE_IN_FUTURE, Code.DATE_OUT_OF_ORDER)


@blueprint.get(ADDRESS)
@staff_only("coordinator", "administrator")
def record(code: str, thing: str) -> ResponseReturnValue:
    """Show the form, with nothing filled in."""
    form = RECORDS[thing]()
    if "report_id" in form:
        form["report_id"].data = secrets.token_urlsafe(12)
    with at_desk() as desk:
        return _form(desk, _possible(desk, code, form), form)


@blueprint.post(ADDRESS)
@staff_only("coordinator", "administrator")
def save_record(code: str, thing: str) -> ResponseReturnValue:
    """Record it, or show what is wrong."""
    form = RECORDS[thing](request.form)
    try:
        with at_desk(writing=True) as desk:
            participant = _possible(desk, code, form)
            if form.validate():
                form.save(desk, participant)
                flash(str(form.done))
                return redirect(url_for("staff.participant", code=code), 303)
    except Refusal as refusal:
        if refusal.code in (Code.NOT_FOUND, Code.NOT_ALLOWED):
            raise
        form.refuse(refusal, form.date_field if refusal.code in AT_THE_DATE else None)
        if "report_id" in form:
            form["report_id"].data = secrets.token_urlsafe(12)
    with at_desk() as desk:
        return _form(desk, desk.participant(code), form), 422


def _possible(desk: Desk, code: str, form: RecordForm) -> ParticipantRow:
    participant = desk.participant(code)
    if not form.possible(desk.study, participant, desk.staff.role):
        blinded = not desk.study.may_learn_arms(desk.staff.role)
        raise Refusal(Code.NOT_ALLOWED if blinded else Code.ALREADY_RECORDED, type(form).__name__)
    form.prepare(desk, participant)
    return participant


def _form(desk: Desk, participant: ParticipantRow, form: RecordForm) -> str:
    today = civil_date(desk.now, participant.time_zone)
    return page("record.html", desk, participant=participant, form=form, today=today)
