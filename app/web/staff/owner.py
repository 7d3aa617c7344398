"""Whose an alert or a query is: given to one of those who look after the site."""

from wtforms import SelectField

from app.i18n import lazy_gettext
from app.queries import colleagues
from app.web.staff.desk import Desk
from app.web.staff.fields import StaffForm, choices


class OwnerForm(StaffForm):
    """Whose it is to be."""

    owner = SelectField(lazy_gettext("Give it to"))

    def offer(self, desk: Desk, site: str) -> None:
        """Offer those who look after the site."""
        found = colleagues.of_site(desk.session, study_id=desk.study_id, site=site)
        self.owner.choices = choices((str(each.account_id), each.name) for each in found)
