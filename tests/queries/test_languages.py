"""In which languages a participant can be asked what is due for them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app import database, i18n
from app.operations.studies import load_study
from app.queries import languages
from tests.fixtures.study import COMMAND, FOLDER, INSTRUMENT, MORNING, STUDY, WORDINGS, TinyStudy

REST = replace(INSTRUMENT, name="rest")


@pytest.fixture
def half(tiny: TinyStudy) -> TinyStudy:
    """The tiny study, with a second instrument at week 4 that has words in English only."""
    visits = (STUDY.visits[0], replace(STUDY.visits[1], instruments=("itch", "rest")))
    folder = replace(
        FOLDER,
        study=replace(STUDY, visits=visits),
        instruments={"itch": INSTRUMENT, "rest": REST},
        wordings={**WORDINGS, ("rest", "en"): WORDINGS["itch", "en"]},
    )
    with database.writing(tiny.url) as session:
        load_study(session, folder=folder, actor=COMMAND, now=MORNING)
    return tiny


def offered(tiny: TinyStudy, participant_id: int, *, days: int = 0) -> tuple[str, ...]:
    """Return what a participant is offered so many days after the first."""
    with database.reading(tiny.url) as session:
        return languages.offered_to(
            session,
            study_id=tiny.study_id,
            participant_id=participant_id,
            now=MORNING + timedelta(days=days),
        )


def test_a_language_is_offered_while_all_that_is_due_is_complete_in_it(half: TinyStudy) -> None:
    participant_id = half.enrol("P-1")
    assert offered(half, participant_id) == ("en", "ar")
    assert offered(half, participant_id, days=28) == ("en",)


def test_where_nothing_is_due_the_next_visit_counts(half: TinyStudy) -> None:
    participant_id = half.enrol("P-1")
    assert offered(half, participant_id, days=10) == ("en",)  # day 0 has closed, week 4 is not open
    assert offered(half, participant_id, days=400) == ("en", "ar")  # nothing more will ever be due


def test_who_is_not_randomised_yet_will_begin_with_the_first_visit(half: TinyStudy) -> None:
    assert offered(half, half.enrol("P-1", arm=None)) == ("en", "ar")
    with database.reading(half.url) as session:
        assert languages.offered_to_new(session, study_id=half.study_id) == ("en", "ar")


def test_where_every_instrument_has_all_words_nothing_is_looked_up(tiny: TinyStudy) -> None:
    assert offered(tiny, participant_id=0) == ("en", "ar")


def test_the_table_says_what_is_missing_where(half: TinyStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    known = dict(i18n.completeness())
    with database.reading(half.url) as session:
        english, arabic = languages.table(session, study_id=half.study_id)
        assert (english.language, english.offered) == ("en", "always")
        assert (arabic.instruments, arabic.offered) == ({"itch": True, "rest": False}, "at times")
        del known["ar"]
        monkeypatch.setattr(i18n, "completeness", lambda: known)
        _, arabic = languages.table(session, study_id=half.study_id)
    assert (arabic.interface.done, arabic.offered) == (0, "never")
    assert arabic.interface.messages == known["en"].messages > 500


def test_a_study_without_visits_asks_for_the_interface_alone(tiny: TinyStudy) -> None:
    study = replace(STUDY, code="other", visits=(), reminders=())
    with database.writing(tiny.url) as session:
        folder = replace(FOLDER, study=study, instruments={}, wordings={})
        study_id = load_study(session, folder=folder, actor=COMMAND, now=MORNING).study_id
        assert languages.offered_to_new(session, study_id=study_id) == ("en", "ar")
