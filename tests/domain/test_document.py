"""A file is what its content and its ending say together."""

import pytest

from app.domain.document import media_type, shown_name

PNG = b"\x89PNG\r\n\x1a\n....IEND"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("letter.pdf", b"%PDF-1.7 ...", "application/pdf"),
        ("scan.PNG", PNG, "image/png"),
        ("scan.jpg", b"\xff\xd8\xff\xe0..", "image/jpeg"),
        ("scan.jpeg", b"\xff\xd8\xff\xe0..", "image/jpeg"),
        ("note.txt", "Aufnahme am 5. März".encode(), "text/plain"),
        ("note.txt", "\ufeffΑ".encode(), "text/plain"),
        ("letter.pdf", PNG, None),
        ("scan.png", b"%PDF-1.7", None),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        ("page.html", b"<!doctype html>", None),
        ("page.txt", b" \n<!doctype html><script>alert(1)</script>", None),
        ("note.txt", b"\xff\xfe\x00", None),
        ("note.txt", b"a\x00b", None),
        ("letter.pdf.exe", b"%PDF-1.7", None),
        ("letter", b"%PDF-1.7", None),
        ("empty.txt", b"", None),
    ],
)
def test_what_is_taken(name: str, content: bytes, expected: str | None) -> None:
    assert media_type(name, content) == expected


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\letters\\a.pdf", "a.pdf"),
        ("exe.\u202efdp.pdf", "exe.fdp.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        (" .pdf", "document.pdf"),
        (f"{'a' * 300}.pdf", f"{'a' * 196}.pdf"),
        ("Брифинг (2).txt", "Брифинг (2).txt"),
    ],
)
def test_a_name_is_shown_and_never_a_path(name: str, shown: str) -> None:
    assert shown_name(name) == shown
