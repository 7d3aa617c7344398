"""An infusion with its product lot."""

from wtforms import SelectField

from app.domain.actor import Role
from app.domain.study import ProductLot, Study
from app.errors import Code
from app.i18n import gettext, lazy_gettext
from app.operations import treatments
from app.queries.participants import ParticipantRow
from app.web.staff.desk import Desk
from app.web.staff.fields import Needed, TypedDate, choices
from app.web.staff.record import RecordForm


class InfusionForm(RecordForm):
    """Lot, route and date."""

    title = lazy_gettext("Record an infusion")
    button = lazy_gettext("Record the infusion")
    done = lazy_gettext("The infusion is recorded.")
    date_field = "given_on"
    says = {  # noqa: RUF012 - read, never changed
        Code.DATE_OUT_OF_ORDER: lazy_gettext("Enter a date that is not before the randomisation."),
    }

    lot = SelectField(lazy_gettext("Product lot"), [Needed(lazy_gettext("Choose the lot that was infused."))])
    route = SelectField(lazy_gettext("Route"), [Needed(lazy_gettext("Choose the route."))])
    given_on = TypedDate(lazy_gettext("Infused on"), needed=lazy_gettext("Enter the date of the infusion."))

    def offer(self, study: Study) -> None:
        """Offer the study's lots and routes."""
        self.lot.choices = choices(
            [
                ("", gettext("Choose")),
                *((lot.code, lot_name(lot)) for lot in study.product_lots),
            ]
        )
        routes = sorted({lot.route for lot in study.product_lots})
        self.route.choices = choices([("", gettext("Choose")), *((route, route) for route in routes)])

    @classmethod
    def possible(cls, study: Study, participant: ParticipantRow, role: Role) -> bool:
        """After day 0, in a study that has lots; where both sides are blinded, by an administrator."""
        if participant.randomised_on is None or not study.product_lots:
            return False
        return study.may_learn_arms(role)

    def save(self, desk: Desk, participant: ParticipantRow) -> None:
        """Record it."""
        treatments.record_treatment(
            desk.session,
            participant_id=participant.id,
            lot=self.lot.data,
            route=self.route.data,
            given_on=self.given_on.whole_day,
            actor=desk.actor,
            now=desk.now,
        )


def lot_name(lot: ProductLot) -> str:
    """Return a lot with what tells it from the next one: source, passage, fresh or not."""
    return gettext(
        "%(code)s: %(source)s, passage %(passage)s, %(preservation)s",
        code=lot.code,
        source=lot.source,
        passage=lot.passage,
        preservation=gettext("fresh") if lot.preservation == "fresh" else gettext("cryopreserved"),
    )
