"""What a whole study folder gives, and what is asked of the folder as a whole."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import Fault, FaultyInput
from app.formats import definition, study_folder
from tests.fixtures.study_folder import AR, EN, INSTRUMENT, STUDY, WHOLE, changed, copy_of, faults


def test_a_whole_folder_gives_its_study_instruments_and_wordings() -> None:
    found = study_folder.read(WHOLE)
    assert [visit.day for visit in found.study.visits] == [0, 28]
    assert found.study.product_lot("LOT-1").viability_percent == 90
    assert found.instruments["rest"].item("sleep_well").may_decline
    assert found.instruments["rest"].scales[2].scales == ("ENERGY", "SLEEP")
    assert found.wordings["rest", "ar"].choices["how_often"] == ("أبدًا", "أحيانًا", "دائمًا")
    assert found.wordings["rest", "en"].validation == "not validated"


def test_every_definition_comes_back_from_plain_data_as_it_was() -> None:
    found = study_folder.read(WHOLE)
    assert definition.study(definition.as_dict(found.study)) == found.study
    for instrument in found.instruments.values():
        assert definition.instrument(definition.as_dict(instrument)) == instrument
    for wording in found.wordings.values():
        assert definition.wording(definition.as_dict(wording)) == wording


def test_an_instrument_without_words_is_a_fault(folder: Path) -> None:
    (folder / EN).unlink()
    (folder / AR).unlink()
    assert ("instruments/rest/", "no wording") in {(fault.file, fault.found) for fault in faults(folder)}


def test_a_language_may_lack_words_unless_it_is_the_first(folder: Path) -> None:
    (folder / AR).unlink()
    assert study_folder.read(folder).without_words == [("rest", "ar")]
    changed(folder, STUDY, 'languages = ["en", "ar"]', 'languages = ["ar", "en"]')
    assert [(fault.file, fault.found) for fault in faults(folder)] == [(AR, "nothing")]


def test_an_empty_folder_lacks_a_study(tmp_path: Path) -> None:
    assert [fault.file for fault in faults(tmp_path)] == [STUDY]


def test_the_hash_is_of_what_is_said_not_of_how_it_is_laid_out(folder: Path) -> None:
    changed(folder, STUDY, "session_days = 30\n", "# a remark\n\nsession_days  =  30\n")
    changed(folder, EN, '"title": "Rest",\n', "")
    changed(folder, EN, '"notice"', '"title": "Rest", "notice"')
    assert study_folder.read(folder).content_hash == study_folder.read(WHOLE).content_hash
    changed(folder, EN, '"title": "Rest"', '"title": "Resting"')
    assert study_folder.read(folder).content_hash != study_folder.read(WHOLE).content_hash


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_cut_from_a_folder_it_is_read_or_refused_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = copy_of(WHOLE, tmp_path_factory.mktemp("cut"))
    path = folder / data.draw(st.sampled_from([STUDY, INSTRUMENT, EN, AR]))
    text = path.read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    put = data.draw(st.sampled_from(["", "0", '"x"', "[]", "{}", "null", "\n", "-1", "\x00"]))
    path.write_text(text[:start] + put + text[end:], encoding="utf-8")
    told: tuple[Fault, ...] = ()
    try:
        study_folder.read(folder)
    except FaultyInput as refused:
        told = refused.faults
    assert all(fault.place and fault.found and fault.allowed for fault in told)
