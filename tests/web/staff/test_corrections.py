"""Corrections on pages, and the audit page that a monitor reads, filters and saves."""

import csv
import io

import pytest

from tests.fixtures.desk import NewStaff, StaffBrowser
from tests.fixtures.pages import text
from tests.fixtures.phone import NewPhone

FORM = "/participants/P-1/responses/1/correction/itch"


@pytest.fixture
def sent(new_phone: NewPhone) -> None:
    """One response that was sent: itch 3 (often), sleep 0."""
    phone = new_phone("P-1").open()
    phone.press(phone.survey(), "send", itch="3", sleep="0")


@pytest.mark.usefixtures("sent")
def test_asked_for_by_one_and_accepted_by_another(coordinator: StaffBrowser, new_staff: NewStaff) -> None:
    monitor = new_staff("monitor")
    wish = {"itch": "1", "entry:source": "participant", "entry:reason": "She called: seldom, not often"}
    assert "Ask for a correction" in text(coordinator.get("/participants/P-1/responses/1"))
    coordinator.fill_in(FORM, wish)
    page = text(coordinator.get("/participants/P-1/responses/1").find(".//main"))
    assert "Often" in page
    assert "Seldom · To be decided · She called: seldom, not often" in page
    assert "Your decision" not in text(coordinator.get("/corrections").find(".//main"))
    answer = monitor.post("/corrections/1", {"decision": "accepted", "note": "as noted in the file"})
    assert answer.status_code == 303
    page = text(monitor.get("/corrections", state="accepted").find(".//main"))
    assert "Accepted" in page
    assert "as noted in the file" in page
    (row,) = csv.DictReader(io.StringIO(monitor.body("/corrections?state=all&as=csv").lstrip("\ufeff")))
    assert (row["answer"], row["correction"], row["state"]) == ("3", "1", "accepted")


@pytest.mark.usefixtures("sent")
def test_what_is_missing_or_cannot_be_taken_is_said(coordinator: StaffBrowser) -> None:
    answer = coordinator.fill_in(FORM, {"itch": "1"}, status=422).get_data(as_text=True)
    assert "Write a reason." in answer
    wish = {"entry:source": "typing", "entry:reason": "slip"}
    answer = coordinator.fill_in(FORM, wish | {"itch": "7"}, status=422).get_data(as_text=True)
    assert "This answer cannot be taken" in answer
    answer = coordinator.fill_in(FORM, wish | {"itch": "3"}, status=422).get_data(as_text=True)
    assert "stands there already" in answer
    coordinator.get("/participants/P-1/responses/1/correction/nothing", status=404)


@pytest.mark.usefixtures("sent")
def test_nobody_decides_about_their_own_request(administrator: StaffBrowser) -> None:
    administrator.fill_in(FORM, {"itch": "1", "entry:source": "typing", "entry:reason": "slip"})
    assert administrator.post("/corrections/1", {"decision": "accepted"}).status_code == 303
    page = text(administrator.get("/corrections"))
    assert "Someone else decides about your own request." in page
    assert "To be decided" in page


@pytest.mark.usefixtures("sent")
def test_a_monitor_reads_filters_and_saves_the_trail_of_their_site(
    new_staff: NewStaff, new_phone: NewPhone
) -> None:
    new_phone("C-1", site="cai").open()
    monitor = new_staff("monitor", site="mad")
    page = text(monitor.get("/audit").find(".//main"))
    assert "Questionnaire sent" in page
    sent_only = text(monitor.get("/audit", action="response.submit").find(".//tbody"))
    assert "Questionnaire sent" in sent_only
    assert "Link opened" not in sent_only
    assert "No entry." in text(monitor.get("/audit", to="2025-12-31"))
    assert "Questionnaire sent" in text(monitor.get("/audit?from=2026-01-05&to=2026-01-05"))
    assert "No entry." in text(monitor.get("/audit", who="account:999"))
    monitor.get("/audit", participant="C-1", status=404)
    rows = list(csv.DictReader(io.StringIO(monitor.body("/audit?as=csv").lstrip("\ufeff"))))
    assert {row["chain"] for row in rows} == {"participant:1"}
    assert "cells" not in str(rows)
    everything = text(new_staff("monitor").get("/audit").find(".//main"))
    assert "participant:2" in everything
