"""Files that are broken, of another encoding, missing, too large, or not in the folder at all."""

import os
from pathlib import Path

import pytest

from app.formats import study_folder
from tests.fixtures.study_folder import AR, EN, INSTRUMENT, STUDY, WHOLE, faults


@pytest.mark.parametrize(
    ("file", "text", "place", "found"),
    [
        (STUDY, 'code = "a"\ntitle = \n', "line 2", "Invalid value"),
        (STUDY, 'code = "a"\ncode = "b"\n', "line 2", "Cannot overwrite a value"),
        (STUDY, 'code = "a', "its end", "Unterminated string"),
        (EN, "{\n\n  oops\n}", "line 3", "Expecting property name"),
        (EN, '{"language": "en", "language": "ar"}', "the file", 'the name "language" twice'),
        (EN, '{"a": NaN}', "the file", "NaN"),
        (EN, "[]", "the file", "a JSON list"),
        (EN, '{"title": "a\\u0000b"}', "title", "a sign that cannot be printed"),
        (EN, '{"items": {"x": ["\\ud800"]}}', "items.x[0]", "a sign that cannot be printed"),
        (EN, "[" * 100_000, "the file", "values nested without end"),
    ],
)
def test_a_broken_file_is_told_with_its_line(
    folder: Path, file: str, text: str, place: str, found: str
) -> None:
    (folder / file).write_text(text, encoding="utf-8")
    (fault,) = faults(folder)
    assert (fault.file, fault.place) == (file, place)
    assert fault.found.startswith(found)


def test_a_file_in_another_encoding_is_told_with_its_line(folder: Path) -> None:
    (folder / STUDY).write_bytes('code = "a"\n# é'.encode("latin-1"))
    (fault,) = faults(folder)
    assert (fault.file, fault.place, fault.found) == (STUDY, "line 2", "the byte 0xe9")


def test_a_byte_order_mark_and_other_line_ends_are_no_faults(folder: Path) -> None:
    for path in folder.rglob("*.*"):
        raw = path.read_bytes().replace(b"\n", b"\r\n")
        path.write_bytes(b"\xef\xbb\xbf" + raw)
    assert study_folder.read(folder).content_hash == study_folder.read(WHOLE).content_hash


@pytest.mark.parametrize("file", [STUDY, INSTRUMENT])
def test_a_missing_file_is_a_fault(folder: Path, file: str) -> None:
    (folder / file).unlink()
    (fault,) = faults(folder)
    assert (fault.file, fault.place, fault.found) == (file, "the file", "nothing")


def test_a_link_out_of_the_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    outside.write_bytes((folder / EN).read_bytes())
    (folder / EN).unlink()
    (folder / EN).symlink_to(outside)
    (fault,) = faults(folder)
    assert (fault.file, fault.found) == (EN, "a link that leads out of the folder")


def test_an_instrument_that_lies_outside_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "instruments" / "rest").rename(tmp_path / "rest")
    (folder / "instruments" / "rest").symlink_to(tmp_path / "rest")
    assert {(fault.file, fault.found) for fault in faults(folder)} == {
        (file, "a link that leads out of the folder") for file in (INSTRUMENT, EN, AR)
    }


def test_a_link_in_a_circle_and_a_pipe_are_no_files(folder: Path) -> None:
    (folder / EN).unlink()
    (folder / EN).symlink_to("en.json")
    (folder / AR).unlink()
    os.mkfifo(folder / AR)
    assert {(fault.file, fault.allowed) for fault in faults(folder)} == {
        (EN, "a file that can be opened"),
        (AR, "a file"),
    }


def test_an_absurdly_large_file_is_not_read(folder: Path) -> None:
    with (folder / EN).open("ab") as file:
        file.truncate(2_000_000_000)
    (fault,) = faults(folder)
    assert (fault.file, fault.found) == (EN, "2000000000 bytes")


def test_a_folder_with_countless_files_is_refused(folder: Path) -> None:
    for number in range(201):
        (folder / "instruments" / "rest" / f"{number}.txt").touch()
    (fault,) = faults(folder)
    assert (fault.file, fault.found) == ("instruments/rest/", "more than 200 files")
