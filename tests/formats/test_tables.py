"""The import files: what was written is read back, and what cannot be read is told by row and column."""

import string
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.adjudication import DECISIONS, EVENT_KINDS
from app.domain.partial_date import PartialDate
from app.domain.response import MODES, RESPONDENTS
from app.errors import FaultyInput
from app.formats import csv_file, tables
from app.formats.cells import guarded, unguarded
from app.formats.tables import EventRow, ParticipantRow, ResponseRow, Tables

PARTICIPANTS = "code,site,enrolled_on\np1,north,2026-03-05\n"

Folder = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Write files by name (without .csv), text or bytes; participants.csv is there unless it is given."""

    def write(**files: str | bytes) -> Path:
        for name, content in ({"participants": PARTICIPANTS} | files).items():
            raw = content.encode() if isinstance(content, str) else content
            (tmp_path / f"{name}.csv").write_bytes(raw)
        return tmp_path

    return write


def told(read: Tables) -> list[tuple[str, str, str]]:
    return [(fault.file, fault.place, fault.found) for fault in read.faults]


def test_only_participants_are_needed(folder: Folder) -> None:
    read = tables.read(folder())
    assert read.participants == (ParticipantRow(code="p1", site="north", enrolled_on=date(2026, 3, 5)),)
    assert read.participants[0].row == 2
    assert not read.faults
    assert not read.events


@pytest.mark.parametrize(
    "content",
    [
        "code,site,enrolled_on\r\np1,north,2026-03-05\r\n",
        "\ufeffcode,site,enrolled_on\np1,north,2026-03-05\n",
        "\ufeffcode,site,enrolled_on\r\n\r\n,,\r\np1,north,2026-03-05",
        "enrolled_on,site , code\n 2026-03-05 ,north,p1\n",
        '"code","site","enrolled_on"\n"p1","north","2026-03-05"\n',
        "code,site,enrolled_on,arm,randomised_on\np1,north,2026-03-05,,\n",
        "code,site,enrolled_on\np1,north,٢٠٢٦-٠٣-٠٥\n",
        "code,site,enrolled_on\np1,north,२०२६-०३-०५\n",
    ],
    ids=["crlf", "bom", "blank lines", "column order", "quotes", "optional columns", "arabic", "devanagari"],
)
def test_the_same_table_however_it_was_saved(folder: Folder, content: str) -> None:
    read = tables.read(folder(participants=content))
    assert read.participants == (ParticipantRow(code="p1", site="north", enrolled_on=date(2026, 3, 5)),)
    assert not read.faults


def test_every_fault_of_every_file_is_told_at_once(folder: Folder) -> None:
    read = tables.read(
        folder(
            participants="code,site,enrolled_on,birth_year\n"
            "p1,north,05/03/2026,63\n p2,,2026-02-30,1963\np3,north\n",
            events="participant,report_id,kind,started\np1,r1,heart attack,2026-3\np1,r2,death,2026-13\n",
            sightings="participant,seen_on,how,untransplanted\np1,2026-03,call,maybe\np1,2026-03-06,call,yes\n",
            responses="participant,visit,instrument,item,value,answered_at\np1,day0,q,i1,3,2026-03-05T10:00:00\n",
        )
    )
    assert told(read) == [
        ("participants.csv", "row 2, column enrolled_on", "'05/03/2026'"),
        ("participants.csv", "row 2, column birth_year", "'63'"),
        ("participants.csv", "row 3, column code", "' p2'"),
        ("participants.csv", "row 3, column site", "nothing"),
        ("participants.csv", "row 3, column enrolled_on", "'2026-02-30'"),
        ("participants.csv", "row 4", "2 cells"),
        ("events.csv", "row 2, column kind", "'heart attack'"),
        ("events.csv", "row 2, column started", "'2026-3'"),
        ("events.csv", "row 3, column started", "'2026-13'"),
        ("sightings.csv", "row 2, column seen_on", "'2026-03'"),
        ("sightings.csv", "row 2, column untransplanted", "'maybe'"),
        ("responses.csv", "row 2, column answered_at", "'2026-03-05T10:00:00'"),
    ]
    allowed = {(fault.file, fault.place): fault.allowed for fault in read.faults}
    assert allowed["participants.csv", "row 2, column enrolled_on"] == "a date as YYYY-MM-DD, from 1900 on"
    assert allowed["events.csv", "row 2, column kind"] == (
        "one of: hospital stay, transplant, death, tumour, adverse event"
    )
    assert allowed["participants.csv", "row 4"] == "4 cells, as in row 1"
    assert read.broken == {"p1"}
    assert [row.row for row in read.sightings] == [3]


def test_rows_are_counted_as_a_spreadsheet_does(folder: Folder) -> None:
    events = (
        'participant,report_id,kind,started,reason\np1,r1,death,2026,"one\ntwo\r\nthree"\n\np1,r2,death,x,\n'
    )
    read = tables.read(folder(events=events))
    assert told(read) == [("events.csv", "row 4, column started", "'x'")]
    assert [row.reason for row in read.events] == ["one\ntwo\r\nthree"]


@pytest.mark.parametrize(
    ("content", "place", "found"),
    [
        ("", "row 1", "no column code"),
        ("code;site;enrolled_on\np1;north;2026-03-05\n", "row 1", "code;site;enrolled_on"),
        ("code,site,enroled\np1,north,2026-03-05\n", "row 1, column 3", "enroled"),
        ("code,enrolled_on\np1,2026-03-05\n", "row 1", "no column site"),
        ("code,site,enrolled_on,site\np1,north,2026-03-05,north\n", "row 1, column 4", "site again"),
        ("code,site,enrolled_on,\np1,north,2026-03-05,\n", "row 1, column 4", "nothing"),
        ('code,site,enrolled_on\np1,north,"2026-03-05\n', "row 2 (line 2)", "unexpected end of data"),
        ("code,site,enrolled_on\np1,nörth,2026-03-05\n".encode("latin-1"), "line 2", "the byte 0xf6"),
        ("code,site,enrolled_on\n".encode("utf-16"), "line 1", "the byte 0xff"),
        ("code,site,enrolled_on\np\x00,north,2026-03-05\n", "row 2, column code", r"'p\x00'"),
        ('code,site,enrolled_on\n"p\n1",north,2026-03-05\n', "row 2, column code", r"'p\n1'"),
        (f"code,site,enrolled_on\n{'p' * 41},north,2026-03-05\n", "row 2, column code", f"'{'p' * 41}'"),
        ("code,site,enrolled_on\np1,north,0001-01-01\n", "row 2, column enrolled_on", "'0001-01-01'"),
        (
            "code,site,enrolled_on,time_zone\np1,north,2026-03-05,Mars/Olympus\n",
            "row 2, column time_zone",
            "'Mars/Olympus'",
        ),
        (
            "code,site,enrolled_on,time_zone\np1,north,2026-03-05,../UTC\n",
            "row 2, column time_zone",
            "'../UTC'",
        ),
    ],
)
def test_files_that_are_no_such_table(folder: Folder, content: str | bytes, place: str, found: str) -> None:
    assert told(tables.read(folder(participants=content)))[0] == ("participants.csv", place, found)


def test_an_instant_without_its_distance_from_utc_is_refused(folder: Folder) -> None:
    files = folder(
        participants="code,site,enrolled_on\np1,north,2026-03-05\n",
        responses="participant,visit,instrument,item,value,answered_at\np1,d0,itch,itch,3,2026-03-05T14:30:00\n",
    )
    place = ("responses.csv", "row 2, column answered_at", "'2026-03-05T14:30:00'")
    assert place in told(tables.read(files))


def test_a_directory_without_participants_or_with_files_of_other_names(tmp_path: Path) -> None:
    for name in ("event.csv", "Participants.CSV", "notes.txt"):
        (tmp_path / name).write_text("")
    with pytest.raises(FaultyInput) as refused:
        tables.read(tmp_path)
    assert [(fault.file, fault.found) for fault in refused.value.faults] == [
        ("Participants.CSV", "Participants.CSV"),
        ("event.csv", "event.csv"),
        ("participants.csv", "no such file"),
    ]
    with pytest.raises(FaultyInput, match="no such directory"):
        tables.read(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["=1+1", "+49 151", "-x", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1", "''@"])
def test_nothing_written_can_run_as_a_formula(text: str) -> None:
    assert guarded(text) == "'" + text
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["", "p1", "O'Neill", "'quoted'", "a=b", "5-6"])
def test_other_text_is_written_as_it_is(text: str) -> None:
    assert guarded(text) == text
    assert unguarded(text) == text


def test_an_answer_is_kept_as_it_is_written(folder: Folder) -> None:
    header = "participant,visit,instrument,item,value,answered_at\n"
    values = ["3", "٣", " 03", "declined", "", "9" * 40, "9" * 5000]
    rows = [f"p1,d0,q,i1,{value},2026-03-05T10:00:00Z\n" for value in values]
    read = tables.read(folder(responses=header + "".join(rows)))
    assert [row.value for row in read.responses] == ["3", "٣", "03", "declined", None, "9" * 40]
    assert [place for _, place, _ in told(read)] == ["row 8, column value"]


def test_a_formula_typed_by_hand_is_read_as_it_stands(folder: Folder) -> None:
    read = tables.read(folder(participants="code,site,enrolled_on\n=p1,@north,2026-03-05\n"))
    assert [(row.code, row.site) for row in read.participants] == [("=p1", "@north")]


def test_without_arms_nothing_in_the_files_tells_an_arm(tmp_path: Path) -> None:
    row = ParticipantRow(
        code="p1",
        site="north",
        enrolled_on=date(2026, 3, 5),
        randomised_on=date(2026, 3, 5),
        arm="cells",
        birth_year=1963,
    )
    treatment = tables.TreatmentRow(participant="p1", given_on=date(2026, 3, 5), lot="LOT-1", route="vein")
    given_tables = Tables(participants=(row,), treatments=(treatment,))
    tables.write(tmp_path, given_tables)
    assert "cells" in (tmp_path / "participants.csv").read_text()
    assert "LOT-1" in (tmp_path / "treatments.csv").read_text()
    tables.write(tmp_path, given_tables, with_arms=False)
    everything = "".join(path.read_text() for path in tmp_path.iterdir())
    assert "cells" not in everything
    assert "LOT-1" not in everything
    assert "1963" not in everything


def _words(longest: int) -> st.SearchStrategy[str]:
    characters = st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("=+-@'\t\r\n\",")
    return st.text(characters, max_size=longest)


def _codes(longest: int = 40) -> st.SearchStrategy[str]:
    signs = st.sampled_from(string.ascii_letters + "0123456789=+-@'\",;é患 ")
    return st.text(signs, min_size=1, max_size=longest).filter(lambda code: code == code.strip())


_DAYS = st.dates(min_value=date(1900, 1, 1))
_PARTIAL = st.dates().flatmap(
    lambda day: st.sampled_from(
        [PartialDate(day.year), PartialDate(day.year, day.month), PartialDate(day.year, day.month, day.day)]
    )
)
_ZONES = st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(
    lambda offset: timezone(timedelta(seconds=round(offset.total_seconds())))
)
_INSTANTS = st.datetimes(
    min_value=datetime.fromisoformat("1901-01-01"),
    max_value=datetime.fromisoformat("2100-01-01"),
    timezones=_ZONES | st.just(UTC),
)
_EVENTS = st.builds(
    EventRow,
    participant=_codes(),
    report_id=_codes(64),
    kind=st.sampled_from(EVENT_KINDS),
    started=_PARTIAL,
    ended=st.none() | _PARTIAL,
    ongoing=st.none() | st.booleans(),
    reason=_words(500),
    place=_words(200),
    reported_at=st.none() | _INSTANTS,
    decision=st.none() | st.sampled_from(DECISIONS),
    agreed_started_on=st.none() | _DAYS,
    agreed_ended_on=st.none() | _DAYS,
    note=_words(1000),
    read_at=st.none() | _INSTANTS,
    row=st.just(0),
)
_RESPONSES = st.builds(
    ResponseRow,
    participant=_codes(),
    visit=_codes(),
    instrument=_codes(60),
    item=st.none() | _codes(60),
    value=st.none()
    | st.integers().map(str)
    | _words(2000).map(str.strip).filter(bool),  # an answer has no space around it
    answered_at=st.none() | _INSTANTS,
    language=st.none() | _codes(20),
    respondent=st.none() | st.sampled_from(RESPONDENTS),
    mode=st.none() | st.sampled_from(MODES),
    received_at=st.none() | _INSTANTS,
    sent_at=st.none() | _INSTANTS,
    version=st.none() | _codes(),
    entered_by=st.none() | _codes(80),
    row=st.just(0),
)
_PARTICIPANTS = st.builds(
    ParticipantRow,
    code=_codes(),
    site=_codes(),
    enrolled_on=_DAYS,
    language=st.none() | _codes(20),
    time_zone=st.none() | st.sampled_from(["UTC", "Asia/Kolkata"]),
    randomised_on=st.none() | _DAYS,
    arm=st.none() | _codes(),
    birth_year=st.none(),
    row=st.just(0),
)


def _few(rows: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(rows, max_size=4).map(tuple)


@settings(deadline=None)  # how long files take says nothing about what they hold
@given(st.builds(Tables, participants=_few(_PARTICIPANTS), events=_few(_EVENTS), responses=_few(_RESPONSES)))
def test_what_is_written_is_read_back_and_written_again_the_same(made: Tables) -> None:
    with TemporaryDirectory() as first, TemporaryDirectory() as second:
        tables.write(Path(first), made)
        read = tables.read(Path(first))
        assert not read.faults
        assert read == made
        rows: Iterable[tuple[object, ...]] = (read.participants, read.events, read.responses)
        for each in rows:
            assert [row.row for row in each] == list(range(2, 2 + len(each)))  # type: ignore[attr-defined]  # rows of three kinds
        tables.write(Path(second), replace(read))
        for path in Path(first).iterdir():
            assert path.read_bytes() == (Path(second) / path.name).read_bytes()


DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "import-format.md"


def _documented() -> dict[str, dict[str, bool]]:
    """Return for each file of the documentation its columns, and whether they are marked as needed."""
    found: dict[str, dict[str, bool]] = {}
    for section in DOCUMENT.read_text(encoding="utf-8").split("\n### ")[1:]:
        name = section.partition(".csv")[0]
        cells = [
            line.split("|") for line in section.partition("\n## ")[0].splitlines() if line.startswith("| `")
        ]
        found[name] = {
            column.strip(" `"): "needed" in needed
            for _, columns, needed, *_ in cells
            for column in columns.split(",")
        }
    return found


def test_the_documentation_tells_every_column() -> None:
    assert _documented() == {
        name: {column: cell.needed for column, cell in csv_file.cells(kind).items()}
        for name, kind in tables.KINDS.items()
    }
