"""What is still to be done in a language, found in its file."""

from pathlib import Path

import pytest

from app import i18n
from app.i18n.catalogues import completeness

TEMPLATE = """
msgid "Saved"
msgstr ""

#, python-format
msgid "Call %(phone)s."
msgstr ""

msgctxt "button"
msgid "Next"
msgstr ""

msgid "%(num)s day"
msgid_plural "%(num)s days"
msgstr[0] ""
msgstr[1] ""
"""
WHOLE = """
msgid ""
msgstr ""
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Saved"
msgstr "Gespeichert"

msgid "Call %(phone)s."
msgstr "Rufen Sie an: %(phone)s."

msgctxt "button"
msgid "Next"
msgstr "Weiter"

msgid "%(num)s day"
msgid_plural "%(num)s days"
msgstr[0] "ein Tag"
msgstr[1] "%(num)s Tage"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of translations with a template of four messages."""
    (tmp_path / "messages.pot").write_text('msgid ""\nmsgstr ""\n' + TEMPLATE)
    return tmp_path


def add(folder: Path, language: str, text: str, *, compiled: bool = True) -> None:
    """Put a language's file into the folder."""
    place = folder / language / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "messages.po").write_text(text)
    if compiled:
        (place / "messages.mo").touch()


def test_a_language_with_every_message_is_complete(folder: Path) -> None:
    add(folder, "de", WHOLE)
    add(folder, "zh_Hans", WHOLE, compiled=False)
    found = completeness(folder)
    assert [(each.language, each.done, each.messages, each.complete) for each in found.values()] == [
        ("en", 4, 4, True),
        ("de", 4, 4, True),
        ("zh-Hans", 4, 4, False),
    ]


@pytest.mark.parametrize(
    ("before", "after", "message", "reason"),
    [
        ('"Gespeichert"', '""', "Saved", "not translated"),
        ('msgid "Saved"', '#, fuzzy\nmsgid "Saved"', "Saved", "to be read over"),
        ('msgid "Saved"', 'msgid "Save"', "Saved", "missing"),
        ('msgctxt "button"\n', "", "Next", "missing"),
        ('"%(num)s Tage"', '""', "%(num)s day", "not every plural form"),
        ("nplurals=2", "nplurals=3", "%(num)s day", "not every plural form"),
        ("an: %(phone)s", "an: %(fone)s", "Call %(phone)s.", "a place or a tag was changed"),
        ("an: %(phone)s", "an: {phone}", "Call %(phone)s.", "a place or a tag was changed"),
        ('"Gespeichert"', '"<b>Gespeichert</b>"', "Saved", "a place or a tag was changed"),
    ],
)
def test_what_is_to_be_done_is_named(
    folder: Path, before: str, after: str, message: str, reason: str
) -> None:
    assert before in WHOLE
    add(folder, "de", WHOLE.replace(before, after))
    found = completeness(folder)["de"]
    assert [(each.message, each.reason) for each in found.unfinished] == [(message, reason)]
    assert (found.done, found.complete) == (3, False)


def test_a_language_that_is_not_done_is_spoken_to_its_readers_and_offered_to_nobody(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(folder, "de", WHOLE.replace('"Gespeichert"', '""'))
    add(folder, "tr", WHOLE)
    monkeypatch.setattr(i18n, "completeness", lambda: completeness(folder))
    assert i18n.languages.__wrapped__() == ("en", "tr")
    assert i18n.spoken.__wrapped__() == ("en", "de", "tr")
