"""A sighting: someone is alive on a day, and whether "untransplanted" was asked."""

from wtforms import RadioField

from app.i18n import lazy_gettext
from app.operations import sightings
from app.queries.participants import ParticipantRow
from app.web.staff.desk import Desk
from app.web.staff.fields import Needed, TypedDate, choices
from app.web.staff.record import RecordForm
from app.web.staff.words import SEEN_HOW

ASKED = {"yes": False, "no": True, "not asked": None}  # "has there been a transplant?" -> untransplanted


class SightingForm(RecordForm):
    """When, how, and what is known of a transplant."""

    title = lazy_gettext("Record that the participant is alive")
    button = lazy_gettext("Record it")
    done = lazy_gettext("It is recorded that the participant was alive on that day.")
    explanation = lazy_gettext(
        "A visit, a call, a relative or the records show that the participant was alive on a day."
    )
    date_field = "seen_on"

    seen_on = TypedDate(
        lazy_gettext("Alive on"),
        needed=lazy_gettext("Enter the date on which the participant was known to be alive."),
    )
    how = RadioField(
        lazy_gettext("How this is known"),
        [Needed(lazy_gettext("Choose how this is known."))],
        choices=choices(SEEN_HOW.items()),
    )
    transplanted = RadioField(
        lazy_gettext("Has there been a liver transplant?"),
        [Needed(lazy_gettext("Choose what was answered, or that it was not asked."))],
        choices=choices(
            [
                ("no", lazy_gettext("No")),
                ("yes", lazy_gettext("Yes")),
                ("not asked", lazy_gettext("It was not asked")),
            ]
        ),
        description=lazy_gettext("If there has been one, report the transplant as well."),
    )

    def save(self, desk: Desk, participant: ParticipantRow) -> None:
        """Record it."""
        sightings.record_sighting(
            desk.session,
            participant_id=participant.id,
            seen_on=self.seen_on.whole_day,
            how=self.how.data,
            untransplanted=ASKED[self.transplanted.data],
            actor=desk.actor,
            now=desk.now,
        )
