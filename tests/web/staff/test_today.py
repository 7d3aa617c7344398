"""Where the day begins: every queue with its number, its first rows, and the way to what is to be done."""

from datetime import timedelta
from xml.etree.ElementTree import Element

from sqlalchemy import select

from app import database
from app.domain.partial_date import PartialDate
from app.formats import link_token
from app.models import Occasion, Reminder
from app.operations.events import report_event
from app.operations.link_requests import ask_for_link
from app.operations.links import issue_link, revoke_links
from tests.fixtures.desk import NewStaff, StaffBrowser
from tests.fixtures.pages import heading, text
from tests.fixtures.phone import Clock
from tests.fixtures.study import COMMAND, DAY_0, LINK_KEYS, TinyStudy


def queues(page: Element) -> dict[str, str]:
    """Return what each queue says, by its name."""
    return {
        each.attrib["data-queue"]: text(each) for each in page.iter("section") if "data-queue" in each.attrib
    }


def links(page: Element, queue: str) -> list[str]:
    section = next(each for each in page.iter("section") if each.get("data-queue") == queue)
    return [each.attrib["href"] for each in section.iter("a")]


def event(tiny: TinyStudy, time: Clock, participant_id: int) -> None:
    with database.writing(tiny.url) as session:
        report_event(
            session,
            participant_id=participant_id,
            kind="transplant",
            started=PartialDate(2026, 1),
            report_id="r",
            actor=COMMAND,
            now=time.at,
        )


def message(tiny: TinyStudy, participant_id: int, time: Clock, **ended: object) -> None:
    """Put a reminder that was claimed, and ended as is said, into the tables."""
    with database.writing(tiny.url) as session:
        occasion_id = session.scalars(
            select(Occasion.id).where(Occasion.participant_id == participant_id).limit(1)
        ).one()
        session.add(
            Reminder(
                occasion_id=occasion_id,
                step=f"step-{len(ended)}",
                channel="email",
                planned_at=time.at,
                claimed_at=time.at - timedelta(minutes=11),
                **ended,
            )
        )


def test_nothing_waits_in_an_empty_study(coordinator: StaffBrowser) -> None:
    page = coordinator.get("/today")
    assert heading(page) == "Today"
    assert "Nothing waits." in text(page)
    assert queues(page) == {}


def test_every_queue_has_a_number_and_leads_to_what_is_to_be_done(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    due = tiny.enrol("M-1")
    late = tiny.enrol("M-2", day_0=DAY_0 - timedelta(days=3))
    tiny.enrol("M-3", arm=None)
    tiny.enrol("C-1", site="cai")
    event(tiny, time, due)
    message(tiny, due, time)
    message(tiny, late, time, failed_at=time.at, failure="refused")
    message(tiny, late, time, sent_at=time.at, failed_at=None, dropped_at=None)
    with database.writing(tiny.url) as session:
        lost = link_token.sign(issue_link(session, participant_id=due, actor=COMMAND, now=time.at), LINK_KEYS)
        revoke_links(session, participant_id=due, actor=COMMAND, now=time.at)
        ask_for_link(session, token=lost, address="10.0.0.1", now=time.at, link_keys=LINK_KEYS)
    page = coordinator.get("/today")
    found = queues(page)
    assert list(found) == ["overdue", "due", "events", "messages", "links", "new"]
    assert found["overdue"].startswith("Overdue 1 M-2 Start")
    assert found["due"].startswith("Due today 1 M-1 Start")
    assert found["events"].startswith("Reported events 1 M-1 Liver transplant")
    assert found["messages"].startswith("Messages that did not arrive 2 M-2 Start Failed")
    assert "Unclear" in found["messages"]
    assert found["links"].startswith("Asked for a new link 1 M-1")
    assert found["new"].startswith("Enrolled, not randomised 1 M-3")
    assert "C-1" not in text(page)
    assert links(page, "events") == ["/staff/events/1"]
    assert links(page, "links") == ["/staff/participants/M-1/link"]
    assert links(page, "overdue") == ["/staff/participants/M-2"]
    for each in page.iter("a"):
        target = each.attrib["href"]
        if target.startswith("/staff/"):
            coordinator.get(target.removeprefix("/staff"))


def test_all_of_a_queue_can_be_reminded_at_once(coordinator: StaffBrowser, tiny: TinyStudy) -> None:
    ids = [tiny.enrol(f"M-{number}") for number in range(7)]
    tiny.enrol("M-9", email=None)
    page = coordinator.get("/today")
    assert queues(page)["due"].startswith("Due today 8")
    assert links(page, "due")[-1] == "/staff/?state=due"
    section = next(each for each in page.iter("section") if each.get("data-queue") == "due")
    chosen = [each.attrib["value"] for each in section.iter("input") if each.get("name") == "occasion"]
    assert len(section.findall(".//li")) == 5
    preview = text(coordinator.get("/reminders/preview", occasion=chosen))
    assert f"Send {len(ids)} reminders now" in preview
    assert len(chosen) in (len(ids), len(ids) + 1)  # who has no address is told so in the preview


def test_a_monitor_looks_and_can_do_nothing(new_staff: NewStaff, tiny: TinyStudy) -> None:
    tiny.enrol("M-1")
    page = new_staff("monitor").get("/today")
    assert "due" in queues(page)
    main = page.find(".//main")
    assert main is not None
    assert main.find(".//form") is None
    assert "Enrol a participant" not in text(page)


def find(browser: StaffBrowser, search: str) -> str | None:
    return browser.client.get("/staff/find", query_string={"search": search}).location


def test_a_code_leads_straight_to_its_participant(coordinator: StaffBrowser, tiny: TinyStudy) -> None:
    for code in ("M-1", "M-10", "M-11", "B_7"):
        tiny.enrol(code)
    tiny.enrol("C-22", site="cai")
    assert find(coordinator, "M-1") == "/staff/participants/M-1"
    assert find(coordinator, " m-10 ") == "/staff/participants/M-10"
    assert find(coordinator, "11") == "/staff/participants/M-11"
    assert find(coordinator, "b_7") == "/staff/participants/B_7"
    assert find(coordinator, "M") == "/staff/participants?search=M"
    assert find(coordinator, "22") == "/staff/participants?search=22"
    assert find(coordinator, "%") == "/staff/participants?search=%25"
    assert find(coordinator, "") == "/staff/participants"
    assert text(coordinator.get("/find", search="M")).count("M-1") >= 3
