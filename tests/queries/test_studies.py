"""Which study is in force, and in which languages it can be offered."""

from dataclasses import replace

import pytest

from app import database
from app.errors import Refusal
from app.formats.study_folder import StudyFolder
from app.operations.studies import load_study
from app.queries import studies
from tests.fixtures.study import COMMAND, FOLDER, MORNING, STUDY, WORDINGS, TinyStudy


def load(tiny: TinyStudy, folder: StudyFolder) -> None:
    """Load a folder beside the tiny study, or as its next version."""
    with database.writing(tiny.url) as session:
        load_study(session, folder=folder, actor=COMMAND, now=MORNING)


def test_the_only_study_needs_no_name_and_two_do(tiny: TinyStudy) -> None:
    with database.reading(tiny.url) as session:
        assert studies.current(session).code == "tiny"
    load(tiny, replace(FOLDER, study=replace(STUDY, code="other")))
    with database.reading(tiny.url) as session:
        assert studies.codes(session) == ["other", "tiny"]
        with pytest.raises(Refusal, match="other, tiny"):
            studies.current(session)
        with pytest.raises(Refusal, match="nowhere"):
            studies.current(session, code="nowhere")


def test_a_language_is_offered_where_interface_and_instruments_have_it(
    tiny: TinyStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def offered() -> tuple[str, ...]:
        with database.reading(tiny.url) as session:
            return studies.languages_offered(session, study_id=tiny.study_id)

    monkeypatch.setattr("app.i18n.languages", lambda: ("en", "ar", "es"))
    assert offered() == ("en", "ar")
    monkeypatch.setattr("app.i18n.languages", lambda: ("en", "es"))
    assert offered() == ("en",)
    monkeypatch.setattr("app.i18n.languages", lambda: ("en", "ar", "es"))
    load(tiny, replace(FOLDER, wordings={("itch", "en"): WORDINGS["itch", "en"]}))
    assert offered() == ("en",)
    with database.reading(tiny.url) as session:
        assert studies.languages_offered(session, study_id=tiny.study_id, instruments=()) == ("en", "ar")
