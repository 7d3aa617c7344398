"""The link as QR code, text, sheet and e-mail."""

from xml.etree.ElementTree import Element

import segno
from sqlalchemy import select

from app import database
from app.domain.partial_date import PartialDate
from app.formats import link_token
from app.models import AuditEntry
from app.operations.events import report_event
from app.operations.links import issue_link
from tests.fixtures.desk import StaffBrowser
from tests.fixtures.mail import Mailbox
from tests.fixtures.pages import heading, text
from tests.fixtures.phone import Clock
from tests.fixtures.study import COMMAND, LINK_KEYS, TinyStudy

SVG = "{http://www.w3.org/2000/svg}"


def with_link(tiny: TinyStudy, time: Clock, **particulars: str) -> str:
    """Enrol someone with a link; return its address."""
    participant_id = tiny.enrol("M-1", now=time.at, **particulars)  # type: ignore[arg-type]  # its own keywords
    with database.writing(tiny.url) as session:
        link_id = issue_link(session, participant_id=participant_id, actor=COMMAND, now=time.at)
    return f"http://localhost/p/{link_token.sign(link_id, LINK_KEYS)}"


def drawn(page: Element) -> tuple[str, str]:
    """Return the drawing's size and its lines."""
    svg = next(
        each for each in page.iter(f"{SVG}svg") if each.get("viewBox") != "0 0 32 32"
    )  # not the flower
    path = svg.find(f".//{SVG}path[@stroke]")
    assert path is not None
    return svg.attrib["viewBox"], path.attrib["d"]


def squares(size: str, lines: str) -> list[list[bool]]:
    """Return the dark and light squares that a drawing's path fills, without the border."""
    side = int(size.split()[2])
    grid = [[False] * side for _ in range(side)]
    x, y = 0.0, 0.0
    for step in lines.replace("M", "|M").replace("m", "|m").replace("h", "|h").split("|"):
        if not step:
            continue
        numbers = [float(each) for each in step[1:].replace("-", " -").split()]
        if step[0] == "h":
            for dark in range(int(numbers[0])):
                grid[int(y)][int(x) + dark] = True
            x += numbers[0]
        else:
            x, y = (numbers[0], numbers[1]) if step[0] == "M" else (x + numbers[0], y + numbers[1])
    return [row[4:-4] for row in grid[4:-4]]


def test_the_code_on_the_page_is_the_link(coordinator: StaffBrowser, tiny: TinyStudy, time: Clock) -> None:
    address = with_link(tiny, time)
    page = coordinator.get("/participants/M-1/link")
    assert text(page.find(".//p[@id='address']")) == address
    matrix = [[bool(dark) for dark in row] for row in segno.make(address, error="m", micro=False).matrix]
    assert squares(*drawn(page)) == matrix


def test_the_sheet_speaks_the_participants_language_and_says_whom_to_call(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    address = with_link(tiny, time, language="ar")
    page = coordinator.get("/participants/M-1/link/print")
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
    said = text(page)
    assert address in said
    assert "دراسة صغيرة" in said  # the study's own title in Arabic
    assert "+34 000 000 000" in said
    bar = page.find(".//nav")
    assert bar is not None
    assert (bar.get("lang"), bar.get("dir")) == ("en", "ltr")
    assert drawn(page) == drawn(coordinator.get("/participants/M-1/link"))


def test_without_a_link_one_is_made_and_a_new_one_ends_it(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    tiny.enrol("M-1")
    assert "No link works at present." in text(coordinator.get("/participants/M-1/link"))
    assert heading(coordinator.get("/participants/M-1/link/print")) == "The link of M-1"
    addresses = []
    for _ in range(2):
        assert coordinator.post("/participants/M-1/link").status_code == 303
        addresses.append(text(coordinator.get("/participants/M-1/link").find(".//p[@id='address']")))
    assert addresses[0] != addresses[1]
    phone = coordinator.app.test_client()
    opened = [
        phone.post(address.removeprefix("http://localhost"), data={"birth_year": "1958"}).status_code
        for address in addresses
    ]
    assert opened[0] == 401
    assert opened[1] == 303


def test_the_link_goes_by_mail_in_the_participants_name_and_no_one_elses(
    mailbox: Mailbox, coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    address = with_link(tiny, time)
    assert coordinator.post("/participants/M-1/link/mail").status_code == 303
    letter = mailbox.wait()[0]
    assert letter.recipients == ("someone@example.org",)
    assert address in letter.text()
    assert "The link is on its way by e-mail." in text(coordinator.get("/participants/M-1/link"))


def test_to_the_dead_nothing_is_mailed(
    mailbox: Mailbox, coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    with_link(tiny, time)
    with database.writing(tiny.url) as session:
        report_event(
            session,
            participant_id=1,
            kind="death",
            started=PartialDate(2026),
            report_id="r",
            actor=COMMAND,
            now=time.at,
        )
    coordinator.post("/participants/M-1/link/mail")
    assert "This person has died" in text(coordinator.get("/participants/M-1/link"))
    assert mailbox.letters == []


def test_the_code_stands_on_the_page_and_on_the_sheet_and_finds_the_link(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    address = with_link(tiny, time, language="ar")
    page, sheet = (coordinator.get(f"/participants/M-1/link{part}") for part in ("", "/print"))
    [code], [printed] = (
        [each for each in one.iter("p") if each.get("class") == "short-code"] for one in (page, sheet)
    )
    assert text(code) == text(printed)
    assert printed.find("./bdi[@dir='ltr']") is not None
    assert "http://localhost/code" in text(sheet)
    response = coordinator.app.test_client().post("/code", data={"code": text(code)})
    assert f"http://localhost{response.location}" == address


def test_a_revoked_link_dies_at_once_with_its_code_and_its_browsers(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    address = with_link(tiny, time).removeprefix("http://localhost")
    page = coordinator.get("/participants/M-1/link")
    code = text(next(each for each in page.iter("p") if each.get("class") == "short-code"))
    phone = coordinator.app.test_client()
    assert phone.post(address, data={"birth_year": "1958"}).status_code == 303
    assert phone.get("/today").status_code == 200
    assert coordinator.post("/participants/M-1/link/revoke").status_code == 303
    said = text(coordinator.get("/participants/M-1/link"))
    assert "The link and its code no longer work." in said
    assert "No link works at present." in said
    assert phone.get("/today").status_code == 401
    assert phone.post(address, data={"birth_year": "1958"}).status_code == 401
    assert phone.post("/code", data={"code": code}).status_code == 422
    with database.reading(tiny.url) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "link.revoke")).one()
    assert entry.actor == coordinator.actor.label


def test_who_asked_for_a_new_link_is_shown_until_there_is_one(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    address = with_link(tiny, time).removeprefix("http://localhost")
    pages = ("/today", "/participants/M-1", "/participants/M-1/link")

    def asked() -> list[bool]:
        return ["sked for a new" in text(coordinator.get(page)) for page in pages]

    assert asked() == [False, False, False]
    coordinator.post("/participants/M-1/link/revoke")
    time.pass_by(hours=1)
    coordinator.app.test_client().post(f"{address}/ask")
    assert asked() == [True, True, True]
    time.pass_by(hours=1)
    coordinator.post("/participants/M-1/link")
    assert asked() == [False, False, False]
