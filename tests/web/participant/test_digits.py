"""Figures are read in any script, wherever a participant types them, and shown in the reader's own."""

import pytest
from sqlalchemy import select

from app import database
from app.domain.partial_date import PartialDate
from app.models import Event
from tests.fixtures.pages import text
from tests.fixtures.phone import NewPhone

FIGURES = {
    "Persian": str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"),
    "Arabic": str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"),
    "Devanagari": str.maketrans("0123456789", "०१२३४५६७८९"),
    "full width": str.maketrans("0123456789", "０１２３４５６７８９"),
}


@pytest.mark.parametrize("script", FIGURES)
def test_the_year_of_birth_and_dates_are_read_in_any_script(new_phone: NewPhone, script: str) -> None:
    phone = new_phone()

    def typed(figures: str) -> str:
        return figures.translate(FIGURES[script])

    come_in = phone.post(f"/p/{phone.token}", birth_year=typed("1958"))
    assert (come_in.status_code, come_in.location) == (303, "/today")
    reported = phone.post(
        "/report/transplant",
        **{"started-year": typed("2025"), "started-month": typed("11"), "started-day": typed("03")},
        report_id="r",
    )
    assert reported.status_code == 303, reported.get_data(as_text=True)
    with database.reading(phone.url) as session:
        assert session.scalars(select(Event.started)).one() == PartialDate(2025, 11, 3)


def test_a_reader_of_persian_sees_persian_figures(new_phone: NewPhone) -> None:
    phone = new_phone("P-2")
    link = text(phone.get(f"/p/{phone.token}?language=fa"))
    assert "۱۹۵۸" in link
    assert "1958" not in link
