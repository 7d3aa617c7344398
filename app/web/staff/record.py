"""What all things that staff record of a participant have in common: a small form, and one operation."""

import secrets
from typing import ClassVar, Final

from app.domain.actor import Role
from app.domain.study import Study
from app.errors import Code
from app.i18n import lazy_gettext
from app.queries.participants import ParticipantRow
from app.web.staff.desk import Desk
from app.web.staff.fields import stripped
from app.web.staff.saving import SavingForm

LONGEST_ID = 64


def known_as(report_id: str | None) -> str:
    """Return the id under which a report is known again when it comes twice; one without gets its own."""
    return stripped(report_id)[:LONGEST_ID] or secrets.token_urlsafe(12)


SENT_BEFORE: Final = {
    Code.ALREADY_RECORDED: lazy_gettext(
        "A report with other details arrived already from this form. Send it again to report both."
    ),
}


class RecordForm(SavingForm[ParticipantRow]):
    """One kind of record: its words, its boxes, and what saves it.

    `date_field` is the box that a refused date belongs to; what is not `listed` has its links elsewhere.
    """

    explanation: ClassVar[str] = ""
    date_field: ClassVar[str]
    listed: ClassVar[bool] = True

    def offer(self, study: Study) -> None:
        """Fill in the choices that the study gives."""

    def prepare(self, desk: Desk, participant: ParticipantRow) -> None:  # noqa: ARG002 - others look at whom it is for
        """Fill in all choices of the form for one participant."""
        self.offer(desk.study)

    @classmethod
    def possible(cls, study: Study, participant: ParticipantRow, role: Role) -> bool:  # noqa: ARG003 - others ask
        """Return whether this member of staff can record it of this participant now."""
        return True
