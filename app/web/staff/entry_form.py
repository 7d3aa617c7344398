"""What staff say of answers that they type in: how they came, whose they are, of which day."""

from typing import Final

from wtforms import HiddenField, RadioField, TextAreaField

from app.errors import Code
from app.i18n import lazy_gettext
from app.web.staff.fields import AtMost, Needed, StaffForm, TypedDate, choices

PREFIX = "entry:"
"""Stands before the names of the form's own fields: no question can have such a code."""
LONGEST_REASON = 500


SAYS: Final = {
    Code.DATE_IN_FUTURE: lazy_gettext("Enter a date that is not after today."),
    Code.DATE_OUT_OF_ORDER: lazy_gettext("On that day the participant had not consented yet."),
    Code.DEAD: lazy_gettext("The participant had died before that day."),
    Code.WITHDRAWN: lazy_gettext("The participant had withdrawn before that day."),
    Code.REASON_NEEDED: lazy_gettext(
        "The day, or today, lies outside the time of this visit. Say why the answers come all the same."
    ),
    Code.ALREADY_SENT: lazy_gettext(
        "These questions have been answered and sent meanwhile. Nothing was changed."
    ),
}


class EntryForm(StaffForm):
    """Everything but the answers themselves."""

    says = SAYS

    mode = RadioField(
        lazy_gettext("How the answers came"),
        [Needed(lazy_gettext("Choose how the answers came."))],
        choices=choices(
            [("telephone", lazy_gettext("By telephone")), ("paper", lazy_gettext("On paper"))],
        ),
    )
    respondent = RadioField(
        lazy_gettext("Who answered"),
        [Needed(lazy_gettext("Choose who answered."))],
        choices=choices(
            [
                ("patient", lazy_gettext("The participant")),
                ("patient with help", lazy_gettext("The participant, with someone's help")),
                ("proxy", lazy_gettext("Someone else for the participant")),
            ]
        ),
        description=lazy_gettext(
            "Reading out or writing down is help. What someone else answers does not show that the "
            "participant is alive."
        ),
    )
    answered_on = TypedDate(
        lazy_gettext("Day on which they were given"),
        needed=lazy_gettext("Enter the day on which the answers were given."),
        description=lazy_gettext(
            "Where the participant is: of a call its day, of paper the day written on it."
        ),
    )
    reason = TextAreaField(
        lazy_gettext("Reason, if the day or today lies outside the time of the visit"),
        [AtMost(LONGEST_REASON)],
        description=lazy_gettext("It stands in the audit trail."),
    )
    submission_id = HiddenField("")


class StaffFormEntry(StaffForm):
    """The same of a form that staff fill in themselves."""

    says = SAYS

    answered_on = TypedDate(
        lazy_gettext("Day to which the form applies"),
        needed=lazy_gettext("Enter the day to which the form applies."),
        description=lazy_gettext("Where the participant is, for instance the day of the laboratory values."),
    )
    reason = TextAreaField(
        lazy_gettext("Reason, if the day or today lies outside the time of the visit"),
        [AtMost(LONGEST_REASON)],
        description=lazy_gettext("It stands in the audit trail."),
    )
    submission_id = HiddenField("")


AT_THE_DAY = (Code.DATE_IN_FUTURE, Code.DATE_OUT_OF_ORDER, Code.DEAD, Code.WITHDRAWN)


def field_of(code: Code) -> str | None:
    """Return the field that a refusal is about, or None where it is about the whole form."""
    if code in AT_THE_DAY:
        return "answered_on"
    return "reason" if code == Code.REASON_NEEDED else None
