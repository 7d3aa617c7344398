"""Reminders: seen first, sent by a real mail server in each reader's language, told of one by one."""

from sqlalchemy import select

from app import database
from app.domain.partial_date import PartialDate
from app.models import Occasion, Participant
from app.operations.consents import record_withdrawal
from app.operations.events import report_event
from tests.fixtures.desk import StaffBrowser
from tests.fixtures.mail import Mailbox
from tests.fixtures.pages import form_values, text
from tests.fixtures.phone import Clock, NewPhone
from tests.fixtures.study import COMMAND, DAY_0, TinyStudy


def occasion(tiny: TinyStudy, code: str, visit: str = "d0") -> int:
    """Return the id of someone's visit."""
    with database.reading(tiny.url) as session:
        return session.scalars(
            select(Occasion.id).join(Participant).where(Participant.code == code, Occasion.visit == visit)
        ).one()


def test_the_preview_shows_each_in_its_language_and_sends_nothing(
    mailbox: Mailbox, coordinator: StaffBrowser, tiny: TinyStudy
) -> None:
    tiny.enrol("M-1", language="en")
    tiny.enrol("M-2", language="ar")
    chosen = [occasion(tiny, "M-1"), occasion(tiny, "M-2")]
    page = coordinator.get("/reminders/preview", occasion=chosen)
    letters = [each for each in page.iter("div") if each.get("class") == "letter"]
    assert [(each.get("lang"), each.get("dir")) for each in letters] == [("en", "ltr"), ("ar", "rtl")]
    assert "Your questions" in text(letters[0])
    assert "أسئلتك" in text(letters[1])
    assert "Send 2 reminders now" in text(page)
    assert mailbox.letters == []


def test_what_is_sent_arrives_in_the_right_language_with_a_link_that_works_once(
    mailbox: Mailbox, coordinator: StaffBrowser, tiny: TinyStudy
) -> None:
    tiny.enrol("M-1", language="en", email="one@example.org")
    tiny.enrol("M-2", language="ar", email="two@example.org")
    chosen = [occasion(tiny, "M-1"), occasion(tiny, "M-2")]
    page = coordinator.get("/reminders/preview", occasion=chosen)
    form = form_values(page, "occasion") | {"occasion": chosen}
    answer = coordinator.post("/reminders/send", form)
    assert answer.status_code == 303
    mailbox.wait(2)
    english, arabic = mailbox.to("one@example.org"), mailbox.to("two@example.org")
    assert [letter.subject for letter in english + arabic] == ["Your questions", "أسئلتك"]
    for letter in english + arabic:
        link = next(word for word in letter.text().split() if word.startswith("http://localhost/p/"))
        phone = coordinator.app.test_client()
        assert (
            phone.post(link.removeprefix("http://localhost"), data={"birth_year": "1958"}).status_code == 303
        )
    told = text(coordinator.get(answer.location.removeprefix("/staff")))
    assert told.count("Sent") == 2
    coordinator.post("/reminders/send", form)  # pressed twice
    assert len(mailbox.letters) == 2


def test_a_refused_address_is_told_and_the_others_go_out(
    mailbox: Mailbox, coordinator: StaffBrowser, tiny: TinyStudy
) -> None:
    mailbox.refuse["wrong@example.org"] = "550 5.1.1 no such user"
    tiny.enrol("M-1", email="wrong@example.org")
    tiny.enrol("M-2", email="right@example.org")
    chosen = [occasion(tiny, "M-1"), occasion(tiny, "M-2")]
    answer = coordinator.post("/reminders/send", {"occasion": chosen})
    page = coordinator.get(answer.location.removeprefix("/staff"))
    fates = [text(each) for each in page.iter("li") if each.get("class") == "card"]
    assert "Refused" in fates[0]
    assert "550 5.1.1" in fates[0]
    assert "Sent" in fates[1]
    assert len(mailbox.to("right@example.org")) == 1


def test_nothing_goes_to_who_has_answered_withdrawn_or_died_and_it_says_why(
    mailbox: Mailbox, coordinator: StaffBrowser, tiny: TinyStudy, new_phone: NewPhone, time: Clock
) -> None:
    done = new_phone("M-1").open()
    assert done.press(done.survey(), "send", itch="1", sleep="1").status_code == 303
    away, dead = tiny.enrol("M-2"), tiny.enrol("M-3")
    tiny.enrol("M-4", email=None)
    with database.writing(tiny.url) as session:
        record_withdrawal(
            session,
            participant_id=away,
            scope="contact",
            withdrawn_on=DAY_0,
            reason="",
            actor=COMMAND,
            now=time.at,
        )
        report_event(
            session,
            participant_id=dead,
            kind="death",
            started=PartialDate(2026, 1),
            report_id="r",
            actor=COMMAND,
            now=time.at,
        )
    chosen = [occasion(tiny, code) for code in ("M-1", "M-2", "M-3", "M-4")]
    preview = text(coordinator.get("/reminders/preview", occasion=chosen))
    for why in ("The answers are complete.", "The participant has withdrawn.", "The participant has died."):
        assert f"No reminder goes out: {why}" in preview
    answer = coordinator.post("/reminders/send", {"occasion": chosen})
    page = coordinator.get(answer.location.removeprefix("/staff"))
    fates = [text(each) for each in page.iter("li") if each.get("class") == "card"]
    assert "The answers are complete." in fates[0]
    assert "The participant has withdrawn." in fates[1]
    assert "The participant has died." in fates[2]
    assert "There is no address that takes messages." in fates[3]
    assert mailbox.letters == []


def test_without_a_mail_server_it_says_that_nothing_was_sent(
    coordinator: StaffBrowser, tiny: TinyStudy
) -> None:
    tiny.enrol("M-1")
    answer = coordinator.post("/reminders/send", {"occasion": [occasion(tiny, "M-1")]})
    page = text(coordinator.get(answer.location.removeprefix("/staff")))
    assert "written to the outbox folder, not sent" in page


def test_nothing_ticked_sends_nothing(coordinator: StaffBrowser, tiny: TinyStudy) -> None:
    assert "No visit is ticked" in text(coordinator.get("/reminders/preview"))
    assert coordinator.post("/reminders/send").status_code == 303
    assert "No visit is ticked" in text(coordinator.get("/reminders/preview", occasion="nonsense"))


def test_the_worklist_and_the_timeline_say_that_it_was_sent(
    mailbox: Mailbox, coordinator: StaffBrowser, tiny: TinyStudy
) -> None:
    tiny.enrol("M-1")
    coordinator.post("/reminders/send", {"occasion": [occasion(tiny, "M-1")]})
    row = next(each for each in coordinator.get("/").iter("tr") if "M-1" in text(each))
    assert "Sent" in text(row)
    told = [
        each
        for each in coordinator.get("/participants/M-1").iter("li")
        if each.get("data-kind") == "reminder.sent"
    ]
    assert "Start" in text(told[0])  # the visit
