"""Reports of a hospital stay or a transplant, and of a death by whoever helped, at any time."""

import secrets
from dataclasses import dataclass, field, replace

from flask import g, jsonify, request
from flask.typing import ResponseReturnValue

from app.domain.actor import Actor
from app.domain.adjudication import EventKind
from app.domain.study import StayReason
from app.errors import Code, Refusal
from app.i18n import format_number, gettext
from app.operations.events import report_event
from app.queries import events, studies
from app.web.gate import participant_only
from app.web.participant import text_size
from app.web.participant.page import blueprint, form_of_visitor, go_on, page, wants_json
from app.web.participant.typed_dates import DateBoxes

LONGEST_ID = 64
LONGEST = {"other": 300, "place": 200}
OTHER = "other"
KINDS: dict[str, EventKind] = {"hospital-stay": "hospital stay", "transplant": "transplant", "death": "death"}
ADDRESS = f"/report/<any({', '.join(map(repr, KINDS))}):thing>"


@dataclass
class Report:
    """A form as it came, with what has to be corrected by the id of the field."""

    report_id: str
    started: DateBoxes
    ended: DateBoxes
    still: str = ""
    reason: str = ""
    other: str = ""
    place: str = ""
    faults: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "Report":
        """Read the form; an empty one gets the id under which it will be known."""
        form = request.form
        return cls(
            report_id=form.get("report_id", "")[:LONGEST_ID] or secrets.token_urlsafe(16),
            started=DateBoxes.of(form, "started"),
            ended=DateBoxes.of(form, "ended"),
            still=form.get("still", ""),
            reason=form.get("reason", ""),
            other=form.get("other", "").strip(),
            place=form.get("place", "").strip(),
        )

    def check(self, kind: EventKind) -> None:
        """Find what is missing or does not fit together."""
        if self.started.empty:
            self.started.fault = gettext("Enter the date, at least the year.")
        self._note(self.started)
        if kind == "hospital stay":
            self._check_end()
            self._note(self.ended)
        for box, longest in LONGEST.items():
            if len(getattr(self, box)) > longest:
                self.faults[box] = gettext(
                    "Use at most %(number)s characters.", number=format_number(longest)
                )

    def _note(self, boxes: DateBoxes) -> None:
        if boxes.fault:
            self.faults[boxes.first_box] = boxes.fault

    def _check_end(self) -> None:
        if self.still not in ("yes", "no"):
            self.faults["still-yes"] = gettext("Say whether you are still in hospital.")
        elif self.still == "yes" and not self.ended.empty:
            self.faults["still-yes"] = gettext(
                "You say that you are still in hospital, and also when you left. Correct one of them."
            )
        elif self.still == "no" and self.ended.empty:
            self.ended.fault = gettext("Enter the date on which you left, at least the year.")

    def refuse_other_details(self) -> None:
        """Say that a report came already that was not quite this one: nothing typed is dropped unseen."""
        self.report_id = secrets.token_urlsafe(16)
        self.faults[self.started.first_box] = gettext(
            "A report with other details arrived already. "
            "Send this one too if the study team should see both."
        )

    def refuse_dates(self, refusal: Refusal) -> None:
        """Say beside its boxes why a date was refused; the refusal's detail names a date in the future."""
        if refusal.code == Code.DATE_OUT_OF_ORDER:
            boxes, words = self.ended, gettext("You cannot leave before you go in.")
        else:
            boxes = self.started if refusal.detail == str(self.started.date) else self.ended
            words = gettext("A date cannot lie in the future.")
        boxes.fault = words
        self._note(boxes)


@blueprint.get(ADDRESS)
@participant_only
def report(thing: str) -> ResponseReturnValue:
    """Show an empty form."""
    return _form(KINDS[thing], Report.read())


@blueprint.post(ADDRESS)
@participant_only
def send_report(thing: str) -> ResponseReturnValue:
    """Record it, or show what is wrong."""
    return _report(KINDS[thing])


@blueprint.get("/reported/<int:event_id>")
@participant_only
def reported(event_id: int) -> ResponseReturnValue:
    """Show that a report arrived."""
    theirs = events.of_participant(g.session, participant_id=g.visitor.participant_id)
    event = next((each for each in theirs if each.id == event_id), None)
    if event is None:
        raise Refusal(Code.NOT_FOUND, f"event {event_id}")
    return page("reported.html", event=event)


def _report(kind: EventKind) -> ResponseReturnValue:
    form_of_visitor()
    form = Report.read()
    if text_size.asked_for():
        return _form(kind, form)
    form.check(kind)
    if form.faults or form.started.date is None:
        return _faulty(kind, form)
    stay = kind == "hospital stay"
    try:
        event_id = report_event(
            g.session,
            participant_id=g.visitor.participant_id,
            kind=kind,
            started=form.started.date,
            ended=form.ended.date if stay else None,
            ongoing=stay and form.still == "yes",
            reason=_reason(form) if stay else "",
            place=form.place,
            report_id=form.report_id,
            actor=_teller(kind),
            now=g.now,
        )
    except Refusal as refusal:
        if refusal.code == Code.ALREADY_RECORDED:
            form.refuse_other_details()
        elif refusal.code in (Code.DATE_IN_FUTURE, Code.DATE_OUT_OF_ORDER):
            form.refuse_dates(refusal)
        else:
            raise
        return _faulty(kind, form)
    return go_on(f"/reported/{event_id}")


def _teller(kind: EventKind) -> Actor:
    """Return who tells it: of a death never the participant, whoever holds their phone."""
    actor: Actor = g.visitor.actor
    return replace(actor, kind="proxy") if kind == "death" else actor


def _faulty(kind: EventKind, form: Report) -> ResponseReturnValue:
    if wants_json():
        return jsonify(faults=form.faults), 422
    return _form(kind, form), 422


def _reason(form: Report) -> str:
    """Return the code of one of the study's reasons, or else the participant's own words."""
    if form.reason != OTHER and form.reason in {reason.code for reason in _reasons()}:
        return form.reason
    return form.other or (OTHER if form.reason == OTHER else "")


def _reasons() -> tuple[StayReason, ...]:
    return studies.current(g.session, study_id=g.visitor.study_id).study.stay_reasons


def _form(kind: EventKind, form: Report) -> str:
    titles: dict[EventKind, str] = {
        "hospital stay": gettext("Report a hospital stay"),
        "transplant": gettext("Report a liver transplant"),
        "death": gettext("Tell us that the person has died"),
    }
    return page(
        "report.html",
        kind=kind,
        title=titles[kind],
        form=form,
        reasons=_reasons() if kind == "hospital stay" else (),
    )
