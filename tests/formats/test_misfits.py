"""Each value of the wrong kind is one fault with its file and place, and hides no other."""

from pathlib import Path

import pytest

from tests.fixtures.study_folder import AR, EN, INSTRUMENT, STUDY, changed, faults

# file, what stands there, what is put there; of the one fault: its place, how found begins, a part of allowed
MISFITS = [
    (STUDY, "link_days = 400", 'link_days = "400"', "link_days", '"400"', "a whole number"),
    (STUDY, "link_days = 400", "link_days = 1.5", "link_days", "1.5", "a whole number"),
    (STUDY, "link_days = 400\n", "", "link_days", "nothing", "required"),
    (STUDY, 'blinding = "none"', 'blinding = "single"', "blinding", '"single"', '"assessors" or "double"'),
    (
        STUDY,
        "session_days",
        "sesion_days = 3\nsession_days",
        "sesion_days",
        "a field",
        "session_days (perhaps",
    ),
    (
        STUDY,
        'name = "Usual care"',
        'nmae = "Usual care"\nname = "U"',
        "arms[1].nmae",
        "a field",
        "name (perhaps",
    ),
    (STUDY, "passage = 4", "passage = true", "product_lots[0].passage", "true", "a whole number"),
    (STUDY, 'channel = "email"', 'channel = "pigeon"', "reminders[0].channel", '"pigeon"', '"email"'),
    (
        STUDY,
        'endpoint = "TFS"',
        'endpoint = "PFS"',
        "estimands[0].endpoint",
        '"PFS"',
        '"COMPOSITE" or "SAFETY"',
    ),
    (STUDY, '"first-infusion"', '"birth"', "estimands[0].origin", '"birth"', '"first-infusion"'),
    (
        STUDY,
        'title = { en = "Start", ar = "البداية" }',
        'title = "Start"',
        "visits[0].title",
        '"Start"',
        "names",
    ),
    (
        INSTRUMENT,
        '"may_decline": true',
        '"may_decline": "yes"',
        "items[1].may_decline",
        '"yes"',
        "true or false",
    ),
    (
        INSTRUMENT,
        '"may_decline": true',
        '"when": [{"item": "tired", "operator": "is", "valeu": 1}]',
        "items[1].when[0].valeu",
        "a field",
        "value (perhaps",
    ),
    (
        INSTRUMENT,
        '"type": "choice", "choices": "how_often"}',
        '"type": "slider", "choices": "how_often"}',
        "items[0].type",
        '"slider"',
        '"visual-analogue"',
    ),
    (
        EN,
        '"items": {',
        '"sections": {"s": {"titel": "S"}}, "items": {',
        "sections.s.titel",
        "a field",
        "title (perhaps",
    ),
    (
        EN,
        '"items": {',
        '"anchors": {"tired": ["Low"]}, "items": {',
        "anchors.tired[1]",
        "nothing",
        "required",
    ),
    (
        INSTRUMENT,
        '"may_decline": true',
        '"when": [{"item": "tired", "operator": "is", "value": true}]',
        "items[1].when[0].value",
        "true",
        "a number or text",
    ),
    (INSTRUMENT, "[0, 1, 2]", '[0, 1, "2"]', "choices.how_often[2]", '"2"', "a whole number"),
    (
        INSTRUMENT,
        '"minimum_answered": 1',
        '"minimum_answered": "half"',
        "scales[1].minimum_answered",
        '"half"',
        "a nu",
    ),
    (EN, ',\n  "validation": "not validated"', "", "validation", "nothing", "required"),
    (EN, '"not validated"', '"good"', "validation", '"good"', '"linguistically validated"'),
    (EN, '"I felt tired."', "5", "items.tired", "5", "text in quotes"),
    (EN, '["Never", "Sometimes", "Always"]', '"Never"', "choices.how_often", '"Never"', "a list"),
]


@pytest.mark.parametrize(("file", "old", "new", "place", "found", "allowed"), MISFITS)
def test_a_value_of_the_wrong_kind_is_one_fault_at_its_place(
    folder: Path, file: str, old: str, new: str, place: str, found: str, allowed: str
) -> None:
    (fault,) = faults(changed(folder, file, old, new))
    assert (fault.file, fault.place) == (file, place)
    assert fault.found.startswith(found)
    assert allowed in fault.allowed


def test_every_fault_is_told_at_once_in_the_order_of_files_and_places(folder: Path) -> None:
    changed(folder, STUDY, "Africa/Cairo", "Cairo")
    changed(folder, STUDY, "link_days = 400", 'link_days = "400"')
    changed(folder, STUDY, 'code = "cells"\nname = "Cells"', 'code = "cells"\nname = 7')
    changed(folder, STUDY, 'name = "Usual care"', 'name = ""')
    changed(folder, STUDY, "passage = 4", "passage = -4")
    changed(folder, INSTRUMENT, '["sleep_well"]', '["sleep"]')
    changed(folder, EN, '"Always"', '""')
    (folder / AR).write_text('{\n  "language": "ar",\n  "title" "x"\n}', encoding="utf-8")
    assert [(fault.file, fault.place) for fault in faults(folder)] == [
        (AR, "line 3"),
        (EN, "choices.how_often[2]"),
        (INSTRUMENT, "scales[1].items"),
        (STUDY, "arms[0].name"),
        (STUDY, "arms[1].name"),
        (STUDY, "link_days"),
        (STUDY, "product_lots[0].passage"),
        (STUDY, "sites[0].time_zone"),
    ]


def test_a_part_that_cannot_be_read_gives_no_faults_that_only_follow_from_it(folder: Path) -> None:
    changed(folder, STUDY, 'languages = ["en", "ar"]', 'languages = "en"')
    changed(folder, INSTRUMENT, '"code": "tired", "type": "choice"', '"code": "tired", "type": "scale"')
    assert [(fault.file, fault.place) for fault in faults(folder)] == [
        (INSTRUMENT, "items[0].type"),
        (STUDY, "languages"),
    ]
