"""A tumour or another adverse event as staff learn of it; whether the treatment is to blame is not asked."""

from typing import Any, ClassVar

from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, StringField

from app.domain.adjudication import EventKind
from app.i18n import lazy_gettext
from app.operations import events
from app.queries.participants import ParticipantRow
from app.web.staff.desk import Desk
from app.web.staff.fields import AtMost, Needed, TypedDate, choices, stripped
from app.web.staff.record import SENT_BEFORE, RecordForm, known_as
from app.web.staff.words import CRITERIA, RECOVERIES

PARTLY = lazy_gettext("Leave the day or the month empty if it is not known.")


def _term() -> StringField:
    return StringField(
        lazy_gettext("What it was"),
        [Needed(lazy_gettext("Say what it was.")), AtMost(300)],
        description=lazy_gettext("As the records name it. Do not mention the treatment."),
    )


def _criteria() -> SelectMultipleField:
    return SelectMultipleField(
        lazy_gettext("What makes it serious"),
        choices=choices(CRITERIA.items()),
        description=lazy_gettext("Choose none if it was not serious."),
    )


def _recovery() -> RadioField:
    return RadioField(
        lazy_gettext("How it ended"),
        [Needed(lazy_gettext("Choose how it ended, or that it is not known."))],
        choices=choices(RECOVERIES.items()),
    )


class SafetyForm(RecordForm):
    """What both have: the kind of the event, and how it is saved."""

    kind: ClassVar[EventKind]
    says = SENT_BEFORE
    date_field = "started"

    def save(self, desk: Desk, participant: ParticipantRow) -> None:
        """Report it."""
        given: dict[str, Any] = self.data
        ongoing, ended = bool(given.get("ongoing")), given.get("ended")
        events.report_event(
            desk.session,
            participant_id=participant.id,
            kind=self.kind,
            started=given["started"],
            ended=None if ongoing else ended,
            ongoing=ongoing,
            term=stripped(given["term"]),
            criteria=given["criteria"] or (),
            recovery=given["recovery"],
            report_id=known_as(given["report_id"]),
            actor=desk.actor,
            now=desk.now,
        )


class TumourForm(SafetyForm):
    """A tumour, from the day of its diagnosis on."""

    kind = "tumour"
    title = lazy_gettext("Report a tumour")
    button = lazy_gettext("Report the tumour")
    done = lazy_gettext("The tumour is reported. It waits for a reading.")

    report_id = HiddenField("")
    term = _term()
    started = TypedDate(
        lazy_gettext("Diagnosed"),
        needed=lazy_gettext("Enter the date of the diagnosis, or at least the year."),
        whole=False,
        description=PARTLY,
    )
    criteria = _criteria()
    recovery = _recovery()


class AdverseEventForm(SafetyForm):
    """Whatever else went badly, serious or not."""

    kind = "adverse event"
    title = lazy_gettext("Report an adverse event")
    button = lazy_gettext("Report the adverse event")
    done = lazy_gettext("The adverse event is reported. It waits for a reading.")

    report_id = HiddenField("")
    term = _term()
    started = TypedDate(
        lazy_gettext("Began"),
        needed=lazy_gettext("Enter the date on which it began, or at least the year."),
        whole=False,
        description=PARTLY,
    )
    ongoing = BooleanField(lazy_gettext("It has not ended"))
    ended = TypedDate(
        lazy_gettext("Ended"),
        whole=False,
        description=lazy_gettext("Leave it empty if the end is not known."),
    )
    criteria = _criteria()
    recovery = _recovery()
