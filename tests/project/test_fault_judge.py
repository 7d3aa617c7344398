"""The judge of the fault campaign objects to what is lost, doubled, or received and not there."""

from dataclasses import replace

import pytest

from bench.campaign.diary import Diary, Survey
from bench.campaign.judge import AFTER_SENDING, StoredResponse, Verdict, judged

PATH = "/survey/3/five"
SENT = StoredResponse(
    receipt="AAAA2222",
    submission_id="sent-once",
    rows=(("one", "1"), ("one", "4"), ("two", "0")),
    entries=("e1", "e2", "e3"),
    counting={"one": "4", "two": "0"},
)


def _diary() -> Diary:
    """Return the diary of someone who changed the first answer, saw everything saved and got a receipt."""
    survey = Survey(PATH)
    for item, value in (("one", "1"), ("one", "4"), ("two", "0")):
        survey.give(item, value)
        survey.see(item, value, "saved")
    survey.receipts.add("AAAA2222")
    return Diary("phone-0", {PATH: survey})


def _judged(*there: StoredResponse, diary: Diary | None = None) -> Verdict:
    return judged([diary or _diary()], {PATH: list(there)})


def test_nothing_to_object_to() -> None:
    assert _judged(SENT).objections == []


@pytest.mark.parametrize("counting", [{"two": "0"}, {"one": "1", "two": "0"}, {"one": "None", "two": "0"}])
def test_an_answer_seen_as_saved_that_does_not_count_is_lost(counting: dict[str, str]) -> None:
    verdict = _judged(replace(SENT, counting=counting))
    assert len(verdict.lost) == 1
    assert "phone-0 /survey/3/five one" in verdict.lost[0]


def test_every_answer_of_a_response_that_is_not_there_is_lost() -> None:
    verdict = _judged()
    assert len(verdict.lost) == 2
    assert len(verdict.received_not_stored) == 1


def test_an_answer_never_seen_as_saved_is_free_to_be_there_or_not() -> None:
    diary = _diary()
    diary.surveys[PATH].give("two", "3")
    assert _judged(SENT, diary=diary).objections == []
    there = replace(SENT, rows=(*SENT.rows, ("two", "3")), counting={"one": "4", "two": "3"})
    assert _judged(there, diary=diary).objections == []


def test_going_back_to_an_older_answer_is_a_loss() -> None:
    diary = _diary()
    diary.surveys[PATH].give("two", "3")
    diary.surveys[PATH].see("two", "3", "received")
    there = replace(SENT, rows=(*SENT.rows, ("two", "3")))
    assert len(_judged(there, diary=diary).lost) == 1


def test_a_change_that_came_after_sending_is_lost_and_named() -> None:
    diary = _diary()
    diary.surveys[PATH].send()
    diary.surveys[PATH].give("two", "3")
    diary.surveys[PATH].see("two", "3", "saved")
    (lost,) = _judged(SENT, diary=diary).lost
    assert AFTER_SENDING in lost
    assert AFTER_SENDING not in _judged(replace(SENT, counting={"one": "4"})).lost[0]


def test_news_of_an_older_answer_does_not_hide_a_newer_one() -> None:
    diary = _diary()
    assert diary.surveys[PATH].see("one", "1", "received") is False
    assert diary.surveys[PATH].answers["one"].expected == {"4"}


@pytest.mark.parametrize(
    "there",
    [
        [replace(SENT, rows=(*SENT.rows, ("one", "1"), ("one", "4")))],
        [replace(SENT, rows=(*SENT.rows, ("three", "1")))],  # nobody gave it
        [replace(SENT, entries=("e1", "e2", "e1"))],
        [SENT, StoredResponse(None, None, (), (), {})],
        [SENT, replace(SENT, rows=(), entries=(), receipt="BBBB2222")],
    ],
    ids=["answers", "unknown", "entries", "responses", "submissions"],
)
def test_what_is_there_twice_is_a_duplicate(there: list[StoredResponse]) -> None:
    verdict = _judged(*there)
    assert verdict.duplicated
    assert not verdict.lost
    assert not verdict.received_not_stored


@pytest.mark.parametrize("receipt", [None, "BBBB2222"])
def test_a_receipt_that_is_not_there_is_not_stored(receipt: str | None) -> None:
    verdict = _judged(replace(SENT, receipt=receipt))
    assert len(verdict.received_not_stored) == 1
    assert "AAAA2222" in verdict.received_not_stored[0]


def test_an_answer_called_received_before_it_was_there_is_not_stored() -> None:
    diary = _diary()
    diary.surveys[PATH].untrue.append("one=4")
    assert len(_judged(SENT, diary=diary).received_not_stored) == 1


def test_a_survey_kept_to_be_sent_and_never_sent_is_lost() -> None:
    diary = _diary()
    diary.surveys[PATH].receipts.clear()
    diary.surveys[PATH].promised = True
    assert _judged(SENT, diary=diary).objections == []
    assert len(_judged(replace(SENT, receipt=None), diary=diary).lost) == 1
