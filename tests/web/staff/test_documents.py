"""Documents of an event: what is taken, how it is kept, given out and redacted."""

from io import BytesIO

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app import database
from app.models import AuditEntry, Document
from app.operations import keys
from app.queries import audit
from tests.fixtures.desk import NewStaff, StaffBrowser
from tests.fixtures.pages import text as words_of
from tests.fixtures.pages import whole
from tests.fixtures.phone import SETTINGS, Clock
from tests.fixtures.study import COMMAND, TinyStudy
from tests.web.staff.test_events import stay

PDF = b"%PDF-1.7\nAdmitted on 3 November 2025, MRN 77-1234"


def attach(
    browser: StaffBrowser, event_id: int, content: bytes = PDF, name: str = "letter.pdf", status: int = 303
) -> str:
    """Send a file; return the page that comes back."""
    file = FileStorage(BytesIO(content), name, "document")
    boundary, body = encode_multipart({"csrf_token": browser.token(), "document": file})
    answer = browser.client.post(
        f"/staff/events/{event_id}/documents",
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
    )
    assert answer.status_code == status, answer.get_data(as_text=True)
    if status != 303:
        whole(answer)
    return answer.get_data(as_text=True)


def stored(tiny: TinyStudy) -> list[tuple[str, str, int, bytes | None]]:
    """Return what is kept of all documents."""
    with database.reading(tiny.url) as session:
        found = session.execute(
            select(Document.name, Document.media_type, Document.size, Document.sealed).order_by(Document.id)
        )
        return [(name, kind, size, sealed) for name, kind, size, sealed in found]


def actions(tiny: TinyStudy) -> list[str]:
    """Return what stands in the trail of documents."""
    with database.reading(tiny.url) as session:
        assert list(audit.verify(session)) == []
        return list(
            session.scalars(
                select(AuditEntry.action).where(AuditEntry.action.like("document.%")).order_by(AuditEntry.id)
            )
        )


def test_a_document_is_sealed_given_out_as_a_file_and_each_look_recorded(
    coordinator: StaffBrowser, new_staff: NewStaff, tiny: TinyStudy, time: Clock
) -> None:
    event_id = stay(tiny, time)
    attach(coordinator, event_id, name="../<b>letter</b>.pdf")
    [(name, kind, size, sealed)] = stored(tiny)
    assert (name, kind, size) == ("b>.pdf", "application/pdf", len(PDF))
    assert sealed is not None
    assert b"MRN" not in sealed
    assert "b>.pdf" in words_of(coordinator.get(f"/events/{event_id}"))
    for browser in (coordinator, new_staff("adjudicator"), new_staff("monitor")):
        answer = browser.post(f"/events/{event_id}/documents/1")
        assert answer.get_data() == PDF
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
        assert answer.headers["Cache-Control"] == "no-store"
    assert actions(tiny) == ["document.attach", *["document.read"] * 3]
    with database.reading(tiny.url) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "document.attach")).one()
        assert "letter" not in str(entry.new)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<!doctype html><script>alert(1)</script>"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("letter.pdf", b"<!doctype html>"),
        ("letter.exe", PDF),
        ("", b""),
        ("empty.txt", b""),
    ],
)
def test_what_is_not_plainly_a_document_leaves_nothing_behind(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock, name: str, content: bytes
) -> None:
    event_id = stay(tiny, time)
    assert "Attach a PDF, PNG, JPEG or plain text file" in attach(coordinator, event_id, content, name, 422)
    assert (stored(tiny), actions(tiny)) == ([], [])


def test_what_is_too_large_is_told_so(coordinator: StaffBrowser, tiny: TinyStudy, time: Clock) -> None:
    event_id = stay(tiny, time)
    limit = 10_000_000
    assert "Attach a smaller file" in attach(coordinator, event_id, PDF.ljust(limit + 1, b" "), status=413)
    assert "Attach a smaller file" in attach(coordinator, event_id, PDF.ljust(2 * limit, b" "), status=413)
    assert stored(tiny) == []
    attach(coordinator, event_id, PDF.ljust(limit, b" "))
    assert [size for _, _, size, _ in stored(tiny)] == [limit]


def test_the_same_file_twice_is_one_document(coordinator: StaffBrowser, tiny: TinyStudy, time: Clock) -> None:
    event_id = stay(tiny, time)
    attach(coordinator, event_id)
    attach(coordinator, event_id, name="again.pdf")
    assert [name for name, *_ in stored(tiny)] == ["letter.pdf"]


def test_other_forms_are_as_short_as_before(coordinator: StaffBrowser, tiny: TinyStudy, time: Clock) -> None:
    event_id = stay(tiny, time)
    assert coordinator.post(f"/events/{event_id}", {"note": "x" * 300_000}).status_code == 413


def test_only_who_records_attaches_and_only_an_administrator_redacts(
    coordinator: StaffBrowser, administrator: StaffBrowser, new_staff: NewStaff, tiny: TinyStudy, time: Clock
) -> None:
    event_id = stay(tiny, time)
    attach(coordinator, event_id)
    for browser in (new_staff("adjudicator"), new_staff("monitor")):
        attach(browser, event_id, status=403)
    address = f"/events/{event_id}/documents/1/redaction"
    assert coordinator.post(address, {"reason": "a name"}).status_code == 403
    assert administrator.post(address, {"reason": " "}).status_code == 422
    assert administrator.post(address, {"reason": "a name"}).status_code == 303
    assert [(name, sealed) for name, _, _, sealed in stored(tiny)] == [("letter.pdf", None)]
    assert coordinator.post(f"/events/{event_id}/documents/1").status_code == 404
    assert "Redacted" in words_of(coordinator.get(f"/events/{event_id}"))
    assert actions(tiny) == ["document.attach", "document.redact"]


def test_a_document_of_another_event_is_not_found(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    event_id = stay(tiny, time)
    attach(coordinator, event_id)
    assert coordinator.post(f"/events/{event_id + 1}/documents/1").status_code == 404
    assert coordinator.post(f"/events/{event_id}/documents/2").status_code == 404


def test_the_database_lets_nobody_change_what_a_document_is(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    event_id = stay(tiny, time)
    attach(coordinator, event_id)
    for change in ("name = 'other'", "sha256 = ''", "event_id = event_id"):
        with pytest.raises(IntegrityError, match="append-only"), database.writing(tiny.url) as session:
            session.execute(text(f"UPDATE document SET {change}"))  # noqa: S608 - our own


def test_keys_can_be_changed_and_an_old_one_retired(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    from cryptography.fernet import Fernet

    event_id = stay(tiny, time)
    attach(coordinator, event_id)
    old, new = (SETTINGS["CONTACT_KEYS"], Fernet.generate_key().decode())
    with database.writing(tiny.url) as session:
        done = keys.reseal(
            session, study_id=tiny.study_id, actor=COMMAND, now=time.at, contact_keys=(old, new)
        )
    assert done["documents"] == 1
    [(_, _, _, sealed)] = stored(tiny)
    assert sealed is not None
    assert Fernet(new).decrypt(sealed) == PDF


def test_bytes_put_in_its_place_are_not_given_out(
    coordinator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    from app.formats import sealing

    event_id = stay(tiny, time)
    attach(coordinator, event_id)
    other = sealing.seal_bytes(b"%PDF-another", (SETTINGS["CONTACT_KEYS"],))
    with database.writing(tiny.url) as session:
        session.execute(update(Document).values(sealed=other))
    assert coordinator.post(f"/events/{event_id}/documents/1").status_code == 404
