"""A published report is served as it was published, under a policy of its own."""

from dataclasses import replace

from app import database
from app.operations.reports import publish_report
from app.operations.studies import load_study
from tests.fixtures.desk import NewStaff, StaffBrowser
from tests.fixtures.pages import heading, text, whole
from tests.fixtures.phone import Clock
from tests.fixtures.study import COMMAND, DAY_0, FOLDER, MORNING, STUDY, TinyStudy

PAGE = "<!doctype html><title>R</title><style>p{color:red}</style><p>مرحبا – TFS</p><script>1</script>"


def published(tiny: TinyStudy, time: Clock) -> int:
    """Publish a report."""
    with database.writing(tiny.url) as session:
        return publish_report(
            session,
            study_id=tiny.study_id,
            cutoff_on=DAY_0,
            data_sha256="ab" * 32,
            page=PAGE,
            results={},
            actor=COMMAND,
            now=time.at,
        )


def test_the_page_arrives_byte_for_byte_sandboxed(
    statistician: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    report_id = published(tiny, time)
    assert "January 5, 2026" in text(statistician.get(f"/reports/{report_id}"))
    assert "ab" * 32 in text(statistician.get(f"/reports/{report_id}"))
    answer = statistician.client.get(f"/staff/reports/{report_id}/page")
    assert answer.get_data(as_text=True) == PAGE
    policy = {
        part.split()[0]: part.split()[1:] for part in answer.headers["Content-Security-Policy"].split("; ")
    }
    assert policy["sandbox"] == []  # no scripts, no forms, no way up
    assert policy["default-src"] == ["'none'"]
    assert policy["style-src"] == ["'unsafe-inline'"]
    assert policy["img-src"] == ["data:"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_audit_trail_tells_who_published(
    administrator: StaffBrowser, tiny: TinyStudy, time: Clock
) -> None:
    published(tiny, time)
    page = text(administrator.get("/audit"))
    assert "Report published" in page
    assert "command:test" in page


def test_the_trail_of_one_participant(administrator: StaffBrowser, tiny: TinyStudy) -> None:
    tiny.enrol("M-1")
    tiny.enrol("M-2")
    administrator.get("/participants/M-1/contact")

    def done(code: str) -> str:
        entries = administrator.get("/audit", participant=code).find(".//tbody")
        return text(entries) if entries is not None else ""

    assert "Contact details read" in done("M-1")
    assert "Participant enrolled" in done("M-1")
    assert "Participant enrolled" in done("M-2")
    assert "Contact details read" not in done("M-2")
    administrator.get("/audit", participant="nobody", status=404)


def test_the_blinded_learn_that_there_is_a_report_and_nothing_of_the_arms(
    new_staff: NewStaff, tiny: TinyStudy, time: Clock
) -> None:
    report_id = published(tiny, time)
    blinded = new_staff("statistician")
    page = blinded.get(f"/reports/{report_id}")
    assert "ab" * 32 in text(page)
    assert "The report tells the arms." in text(page)
    assert "Open the report" not in text(page)
    answer = blinded.client.get(f"/staff/reports/{report_id}/page")
    assert answer.status_code == 403
    assert heading(whole(answer)) == "You are blinded"
    with database.writing(tiny.url) as session:
        folder = replace(FOLDER, study=replace(STUDY, blinding="none"))
        load_study(session, folder=folder, actor=COMMAND, now=MORNING)
    assert blinded.client.get(f"/staff/reports/{report_id}/page").get_data(as_text=True) == PAGE
