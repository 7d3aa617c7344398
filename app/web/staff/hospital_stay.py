"""A hospital stay as staff learn of it: from a call, a letter, the records."""

from wtforms import BooleanField, HiddenField, SelectField, StringField

from app.domain.study import Study
from app.errors import Code
from app.i18n import gettext, lazy_gettext
from app.operations import events
from app.queries.participants import ParticipantRow
from app.web.speech import said
from app.web.staff.desk import Desk
from app.web.staff.fields import AtMost, TypedDate, choices, stripped
from app.web.staff.record import SENT_BEFORE, RecordForm, known_as


class HospitalStayForm(RecordForm):
    """From when to when, why and where; the dates may be partly known."""

    title = lazy_gettext("Report a hospital stay")
    button = lazy_gettext("Report the hospital stay")
    done = lazy_gettext("The hospital stay is reported. It waits for a reading.")
    date_field = "started"
    says = SENT_BEFORE | {
        Code.DATE_OUT_OF_ORDER: lazy_gettext("Enter a date of discharge that is not before the admission."),
    }

    report_id = HiddenField("")
    started = TypedDate(
        lazy_gettext("Admitted"),
        needed=lazy_gettext("Enter the date of admission, or at least the year."),
        whole=False,
        description=lazy_gettext("Leave the day or the month empty if it is not known."),
    )
    ongoing = BooleanField(lazy_gettext("Still in hospital"))
    ended = TypedDate(
        lazy_gettext("Discharged"),
        whole=False,
        description=lazy_gettext("Leave it empty if the end is not known."),
    )
    reason = SelectField(lazy_gettext("Reason"), validate_choice=True)
    place = StringField(lazy_gettext("Hospital"), [AtMost(200)])

    def offer(self, study: Study) -> None:
        """Offer the study's reasons."""
        self.reason.choices = choices(
            [
                ("", gettext("Not known")),
                *((each.code, said(each.text)) for each in study.stay_reasons),
            ]
        )

    def save(self, desk: Desk, participant: ParticipantRow) -> None:
        """Report it."""
        events.report_event(
            desk.session,
            participant_id=participant.id,
            kind="hospital stay",
            started=self.started.partly_known,
            ended=None if self.ongoing.data or self.ended.data is None else self.ended.partly_known,
            ongoing=self.ongoing.data,
            reason=self.reason.data or "",
            place=stripped(self.place.data),
            report_id=known_as(self.report_id.data),
            actor=desk.actor,
            now=desk.now,
        )
