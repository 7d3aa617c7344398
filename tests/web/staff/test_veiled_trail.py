"""The trail of a blinded study is alike for both arms: on the page, narrowed, page by page, and as a file."""

import csv
import io
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from app import database
from app.domain.actor import Actor, Role
from app.domain.study import Blinding
from app.formats import sealing
from app.formats.tables import SightingRow, Tables, TreatmentRow
from app.models import AuditEntry
from app.operations.imports import import_study_data
from app.operations.studies import load_study
from tests.fixtures.arms import LATER, one_of_each_arm
from tests.fixtures.desk import NewStaff, StaffBrowser
from tests.fixtures.pages import text
from tests.fixtures.phone import Clock
from tests.fixtures.study import COMMAND, CONTACT_KEYS, DAY_0, FOLDER, MORNING, STUDY, TinyStudy


def told(browser: StaffBrowser, code: str) -> tuple[list[str], list[list[str]]]:
    """Return what the trail tells of a participant, page and file, without what names them or their rows."""
    page = browser.get("/audit", participant=code).find(".//tbody")
    shown = [[text(cell) for place, cell in enumerate(row) if place != 3] for row in page or ()]
    body = browser.body(f"/audit?participant={code}&as=csv").removeprefix("\ufeff")
    rows = csv.DictReader(io.StringIO(body, newline=""))
    file = [
        [cell.replace(code, "") for name, cell in row.items() if name not in ("about", "chain")]
        for row in rows
    ]
    return ["|".join(row).replace(code, "") for row in shown], file


@pytest.mark.parametrize("blinding", ["assessors", "double"])
@pytest.mark.parametrize("role", ["monitor", "administrator"])
def test_the_trail_is_alike_for_the_treated_and_the_untreated(
    new_staff: NewStaff, tiny: TinyStudy, time: Clock, role: Role, blinding: Blinding
) -> None:
    with database.writing(tiny.url) as session:
        folder = replace(FOLDER, study=replace(STUDY, blinding=blinding))
        load_study(session, folder=folder, actor=COMMAND, now=MORNING)
    one_of_each_arm(tiny)
    time.at = LATER
    browser = new_staff(role)
    assert told(browser, "M-1") == told(browser, "M-2")
    assert len(told(browser, "M-1")[0]) == 3
    rows = list(csv.DictReader(io.StringIO(browser.body("/audit?as=csv").removeprefix("\ufeff"), newline="")))
    assert {(row["position"], row["hash"]) for row in rows} == {("", "")}
    assert not [row for row in rows if row["action"].startswith("treatment.")]
    for action in ("treatment.record", "treatment.correct"):
        page = browser.get("/audit", action=action)
        assert "No entry." in text(page)
        assert action not in {option.get("value") for option in page.iter("option")}


def test_leaving_infusions_out_keeps_the_pages_full(
    new_staff: NewStaff, tiny: TinyStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.staff.audit_trail.AT_ONCE", 2)
    one_of_each_arm(tiny)
    monitor = new_staff("monitor")

    def walked(code: str) -> list[int]:
        address, found = f"/audit?participant={code}", []
        while address:
            page = monitor.get(address)
            found.append(len(page.find(".//tbody") or ()))
            older = [
                a.attrib["href"]
                for a in page.iter("a")
                if "before=" in a.attrib["href"] and "download" not in a.attrib
            ]
            address = older[0].removeprefix("/staff") if older else ""
        return found

    assert walked("M-1") == walked("M-2") == [2, 1]


def test_the_numbers_of_entries_cannot_be_tried_out(
    new_staff: NewStaff, tiny: TinyStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.staff.audit_trail.AT_ONCE", 2)
    one_of_each_arm(tiny)
    monitor = new_staff("monitor")
    with database.reading(tiny.url) as session:
        there = session.execute(select(AuditEntry.id, AuditEntry.action)).all()
    hidden = [key for key, action in there if action.startswith("treatment.")]
    assert hidden
    numbers = [each for key in hidden for each in (key, key + 1)] + [max(key for key, _ in there) + 10, 0, -1]

    def shown(before: object) -> list[str]:
        return [text(row) for row in monitor.get("/audit", before=before).iter("tr")]

    first = [text(row) for row in monitor.get("/audit").iter("tr")]
    assert [shown(each) for each in (*numbers, "x", "", "9" * 40)] == [first] * (len(numbers) + 3)
    older = next(a.attrib["href"] for a in monitor.get("/audit").iter("a") if "before=" in a.attrib["href"])
    assert not any(f"before={each}" in older for each in range(10))
    again = monitor.get(older.removeprefix("/staff"))
    assert [text(row) for row in again.iter("tr")] not in (first, [])
    forged = sealing.seal("audit trail before entry 2", (Fernet.generate_key().decode(),))
    other = sealing.seal("2", CONTACT_KEYS)  # ours, for something else
    assert shown(forged) == shown(other) == first


def test_an_open_study_tells_infusions_and_hashes(new_staff: NewStaff, tiny: TinyStudy) -> None:
    with database.writing(tiny.url) as session:
        folder = replace(FOLDER, study=replace(STUDY, blinding="none"))
        load_study(session, folder=folder, actor=COMMAND, now=MORNING)
    one_of_each_arm(tiny)
    body = new_staff("monitor").body("/audit?action=treatment.record&as=csv").removeprefix("\ufeff")
    (row,) = csv.DictReader(io.StringIO(body, newline=""))
    assert "lot: LOT-1" in row["after"]
    assert (row["position"], len(row["hash"])) == ("3", 64)


def test_an_import_tells_no_infusion(new_staff: NewStaff, tiny: TinyStudy) -> None:
    tiny.enrol("M-1", arm="cells")
    tiny.enrol("M-2", arm="usual")
    given = (TreatmentRow(participant="M-1", lot="LOT-1", given_on=DAY_0),)
    seen = tuple(
        SightingRow(participant=code, seen_on=DAY_0, how="call", untransplanted=True)
        for code in ("M-1", "M-2")
    )
    with database.writing(tiny.url) as session:
        for tables in (Tables(treatments=given), Tables(sightings=seen)):
            import_study_data(
                session,
                study_id=tiny.study_id,
                tables=tables,
                actor=Actor("import", name="past"),
                now=MORNING,
                contact_keys=CONTACT_KEYS,
            )
    monitor = new_staff("monitor")
    assert told(monitor, "M-1") == told(monitor, "M-2")
    assert "treatments" not in monitor.body("/audit")
    assert len(monitor.get("/audit", action="data.import").find(".//tbody") or ()) == 3
