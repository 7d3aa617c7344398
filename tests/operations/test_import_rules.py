"""What an import refuses, and what it takes although no one would have planned it."""

import pytest

from tests.fixtures.past import HEADERS, PAST, Bring, faults_of, row_counts
from tests.fixtures.study import TinyStudy


def test_faults_of_the_files_and_against_the_study_are_told_together(tiny: TinyStudy, bring: Bring) -> None:
    before = row_counts(tiny.url)
    found = faults_of(
        bring,
        participants=(
            "code,site,arm,randomised_on,enrolled_on\n"
            "p1,mad,cells,2026-01-05,2026-01-04\n"
            "p2,mad,cells,2026-1-5,2026-01-04\n"
            "p3,rom,pills,2026-01-05,2026-01-04\n"
            "p1,cai,usual,2026-01-05,2026-01-04\n"
        ),
        events="participant,report_id,kind,started\np2,a,death,2026\np9,b,death,2026\np1,c,death,2027-01\n",
        responses=(
            "participant,visit,instrument,item,value,answered_at\n"
            "p1,d0,itch,itch,9,2026-01-05T10:00:00+01:00\n"
            "p1,d0,itch,ITCH,55,2026-01-05T10:00:00+01:00\n"
            "p1,w9,itch,itch,1,2026-01-05T10:00:00+01:00\n"
        ),
    )
    assert [each[:3] for each in found] == [
        ("participants.csv", "row 3, column randomised_on", "'2026-1-5'"),
        ("participants.csv", "row 4, column site", "'rom'"),
        ("participants.csv", "row 4, column arm", "'pills'"),
        ("participants.csv", "row 5", "p1 again"),
        ("events.csv", "row 3, column participant", "'p9'"),
        ("events.csv", "row 4, column started", "'2027-01'"),
        ("responses.csv", "row 2, column value", "'9'"),
        ("responses.csv", "row 3, column item", "'ITCH'"),
        ("responses.csv", "row 4, column visit", "'w9'"),
    ]
    assert [each[3] for each in found[1:4]] == [
        "one of: mad, cai",
        "one of: cells, usual",
        "once, as in row 2",
    ]
    assert found[6][3] == "one of 0, 1, 2, 3, 4"
    assert row_counts(tiny.url) == before


def test_a_misspelt_file_does_not_hide_the_faults_of_the_others(bring: Bring) -> None:
    found = faults_of(bring, sighting="", events="participant,report_id,kind,started\np1,a,stay,2026\n")
    assert [each[:2] for each in found] == [("sighting.csv", "file"), ("events.csv", "row 2, column kind")]


@pytest.mark.parametrize(
    ("name", "row", "column"),
    [
        ("participants", "new,mad,2026-01-05,,,,", "code"),
        ("participants", "..,mad,2026-01-05,,,,", "code"),
        ("participants", "MAD/9,mad,2026-01-05,,,,", "code"),
        ("participants", "p9,mad,2026-06-02,,,,", "enrolled_on"),
        ("participants", "p9,mad,2026-01-05,cells,,,", "randomised_on"),
        ("participants", "p9,mad,2026-01-05,,2026-01-05,,", "arm"),
        ("participants", "p9,mad,2026-01-05,cells,2026-06-02,,", "randomised_on"),
        ("participants", "p9,mad,2026-01-05,,,fr,", "language"),
        ("participants", "p9,mad,2026-01-05,,,,2027", "birth_year"),
        ("consents", "p1,2,2026-01-05", "version"),
        ("consents", "p3,1,2026-06-02", "consented_on"),
        ("treatments", "p1,LOT-9,2026-01-05", "lot"),
        ("treatments", "p1,LOT-1,2026-01-04", "given_on"),
        ("treatments", "p1,LOT-1,2026-06-02", "given_on"),
        ("treatments", "p3,LOT-1,2026-01-10", "given_on"),
        ("events", "p1,x,death,2026-06-02,,,,,,,", "started"),
        ("events", "p1,x,hospital stay,2026-02-05,2026-02-04,,,,,,", "ended"),
        ("events", "p1,x,hospital stay,2026-02-05,2026-02-07,yes,,,,,", "ongoing"),
        ("events", "p1,x,death,2026-02-05,2026-02-06,,,,,,", "ended"),
        ("events", "p1,x,transplant,2026-02-05,,yes,,,,,", "ongoing"),
        ("events", "p1,x,death,2026-02-05,,,2026-06-01T12:00:01Z,,,,", "reported_at"),
        ("events", "p1,x,death,2026-02-05,,,,confirmed,,,", "agreed_started_on"),
        ("events", "p1,x,death,2026-02-05,,,,refuted,2026-02-05,,", "agreed_started_on"),
        ("events", "p1,x,death,2026-02-05,,,,confirmed,2026-06-02,,", "agreed_started_on"),
        ("events", "p1,x,death,2026-02-05,,,,confirmed,2026-02-05,2026-02-06,", "agreed_ended_on"),
        ("events", "p1,x,hospital stay,2026-02,,,,confirmed,2026-02-05,2026-02-04,", "agreed_ended_on"),
        ("events", "p1,x,death,2026-02-05,,,,,,,seen in the notes", "note"),
        ("sightings", "p1,2026-06-02,call", "seen_on"),
        ("withdrawals", "p1,contact,2026-06-02", "withdrawn_on"),
        ("withdrawals", "p1,contact,2026-01-03", "withdrawn_on"),
        ("responses", "p3,d0,itch,itch,1,2026-01-10T10:00:00Z,,,", "visit"),
        ("responses", "p1,d0,mood,itch,1,2026-01-10T10:00:00Z,,,", "instrument"),
        ("responses", "p1,d0,itch,itch,1,2026-01-10T10:00:00Z,hi,,", "language"),
        ("responses", "p1,d0,itch,itch,1,2026-01-10T10:00:00Z,,,abc-def", "version"),
        ("responses", "p1,d0,itch,itch,1,,,,", "answered_at"),
        ("responses", "p1,d0,itch,itch,1,2026-06-01T12:00:01Z,,,", "answered_at"),
        ("responses", "p1,d0,itch,itch,1,2026-01-10T10:00:00Z,,2026-06-01T12:00:01Z,", "sent_at"),
        ("responses", "p1,d0,itch,itch,declined,2026-01-10T10:00:00Z,,,", "value"),
        ("responses", "p1,d0,itch,,1,,,,", "item"),
    ],
)
def test_what_the_study_does_not_allow(bring: Bring, name: str, row: str, column: str) -> None:
    found = faults_of(bring, **{name: f"{HEADERS[name]}\n{row}\n"})
    assert [each[:2] for each in found] == [(f"{name}.csv", f"row 2, column {column}")]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("itch,1,2026-01-10T10:00:00Z,2026-01-10T09:59:59Z", "received_at"),
        ("itch,1,2026-01-10T10:00:00Z,2026-06-01T12:00:01Z", "received_at"),
        (",,,2026-01-10T10:00:00Z", "item"),
    ],
)
def test_an_answer_arrives_after_it_was_given_and_not_in_the_future(
    bring: Bring, row: str, column: str
) -> None:
    header = "participant,visit,instrument,item,value,answered_at,received_at"
    found = faults_of(bring, responses=f"{header}\np1,d0,itch,{row}\n")
    assert [each[:2] for each in found] == [("responses.csv", f"row 2, column {column}")]


def test_nothing_comes_before_the_first_consent(bring: Bring) -> None:
    found = faults_of(
        bring,
        consents="participant,version,consented_on\np1,1,2026-01-10\np1,1,2026-01-08\n",
        responses=f"{HEADERS['responses']}\np1,d0,itch,itch,1,2026-01-07T23:30:00Z,,,\n",
    )
    # Half past eleven in UTC is the next day in Madrid, the day of the consent: only day 0 lies before it.
    assert [each[:2] for each in found] == [("participants.csv", "row 2, column randomised_on")]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("events", "p1,x,hospital stay,2025-12,2025-12-24,,,,,,"),
        ("events", "p1,x,transplant,1999,,,,,,,"),
        ("events", "p1,x,death,2026-06,,,,confirmed,2026-05-31,,"),
        ("sightings", "p2,2026-06-01,call"),
        ("responses", "p1,d0,itch,itch,1,2026-05-10T10:00:00Z,,,"),
    ],
    ids=["before randomisation", "long before", "this month", "today", "after the window"],
)
def test_what_happened_may_be_told_although_no_one_planned_it(bring: Bring, name: str, row: str) -> None:
    assert bring(**{name: f"{HEADERS[name]}\n{row}\n"})[name] == 1


def test_the_values_of_one_response_agree(bring: Bring) -> None:
    found = faults_of(
        bring,
        responses=(
            "participant,visit,instrument,item,value,answered_at,respondent,sent_at\n"
            "p1,d0,itch,itch,1,2026-01-05T10:00:00Z,patient,2026-01-05T11:00:00Z\n"
            "p1,d0,itch,sleep,1,2026-01-05T10:00:00Z,proxy,\n"
            "p1,d0,itch,,,,,2026-01-05T11:00:00Z\n"
        ),
    )
    assert [each[1] for each in found] == [
        "row 3, column respondent",
        "row 3, column sent_at",
        "row 4, column item",
    ]


def test_a_row_that_contradicts_what_is_stored_is_a_fault(tiny: TinyStudy, bring: Bring) -> None:
    bring(**PAST)
    before = row_counts(tiny.url)
    found = faults_of(
        bring,
        participants="code,site,arm,randomised_on,enrolled_on\np1,mad,usual,2026-01-05,2026-01-04\n",
        events="participant,report_id,kind,started,decision\np1,s1,hospital stay,2026-03,refuted\n",
        sightings="participant,seen_on,how,untransplanted\np3,2026-04-01,call,no\n",
        responses=(
            "participant,visit,instrument,item,value,answered_at\n"
            "p1,d0,itch,itch,3,2026-01-05T10:00:00+01:00\n"
            "p2,d0,itch,itch,3,2026-01-06T10:00:00Z\n"
        ),
    )
    assert [each[:3] for each in found] == [
        ("participants.csv", "row 2, column arm", "'usual'"),
        ("events.csv", "row 2, column started", "'2026-03'"),
        ("events.csv", "row 2, column decision", "'refuted'"),
        ("sightings.csv", "row 2, column untransplanted", "'no'"),
        ("responses.csv", "row 2", "1 rows of p1 d0 itch"),
        ("responses.csv", "row 3, column value", "'3'"),
    ]
    assert found[0][3] == "'cells', as it is stored"
    assert row_counts(tiny.url) == before
