"""`hepatica participants`: enrolled, listed, given a link."""

import re

import pytest
from sqlalchemy import select

from app import database
from app.domain.actor import Actor
from app.models import Link
from app.queries import participants
from tests.fixtures.command_line import hepatica
from tests.fixtures.study import TinyStudy

pytestmark = pytest.mark.usefixtures("at_database")

ENROL = [
    "participants",
    "enrol",
    "--code",
    "P-1",
    "--site",
    "cai",
    "--consent-version",
    "1",
    "--consented-on",
]


def test_someone_is_enrolled_listed_and_given_a_link(tiny: TinyStudy, database_url: str) -> None:
    enrolled = hepatica(*ENROL, "2026-01-05", typed="A Name\n1958\n\n\n")
    assert enrolled.exit_code == 0
    listed = hepatica("participants", "list", "--study", "tiny").stdout.splitlines()
    assert listed[0].split("\t") == ["code", "site", "language", "enrolled on", "randomised on"]
    (line,) = listed[1:]
    code, site, language, _, randomised_on = line.split("\t")
    assert (code, site, language, randomised_on) == ("P-1", "cai", "ar", "")
    links = [hepatica("participants", "link", "P-1").stdout.strip() for _ in range(2)]
    assert all(re.fullmatch(r"http://127\.0\.0\.1:8000/p/\S+", link) for link in links)
    assert links[0] != links[1]
    with database.reading(database_url) as session:
        revoked = [link.revoked_at is not None for link in session.scalars(select(Link).order_by(Link.id))]
        actor = Actor("command", name="test")
        row = participants.one(session, actor=actor, study_id=tiny.study_id, code="P-1")
    assert revoked == [True, False]
    assert row.consents[0][0] == "1"


def test_an_enrolment_that_cannot_be_is_refused(tiny: TinyStudy) -> None:
    refused = hepatica(*ENROL, "2126-01-05", typed="A Name\n1958\n\n\n")
    assert refused.exit_code == 2
    assert refused.stderr.startswith("A date lies in the future")
    assert hepatica("participants", "list").stdout.count("\n") == 1


def test_a_link_for_nobody_is_refused(tiny: TinyStudy) -> None:
    refused = hepatica("participants", "link", "P-9")
    assert refused.exit_code == 2
    assert refused.stderr == "There is no such thing, or you may not see it: participant P-9\n"
