"""Style sheets are whole: what one file leaves open swallows the rules of the files behind it."""

from pathlib import Path

import pytest

from app.web.static_files import FOLDER

SHEETS = sorted(FOLDER.rglob("*.css"))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: str(path.relative_to(FOLDER)))
def test_every_block_that_is_opened_is_closed(sheet: Path) -> None:
    depth = 0
    for sign in sheet.read_text():
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0
