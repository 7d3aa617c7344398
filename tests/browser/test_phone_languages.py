"""Every page of a participant in every language: axe, and in every size no word is cut or covered.

Pictures of each language go to out/screenshots/, to be looked at.
"""

from pathlib import Path
from typing import TypedDict

import pytest

from app import i18n
from tests.browser.conftest import Invite
from tests.browser.walk import NARROW, PHONE, SMALLEST_TARGET, pages
from tests.fixtures import usable
from tests.fixtures.browser import NewPage

pytestmark = pytest.mark.browser


class Size(TypedDict, total=False):
    """A width of the screen, the size of the phone's text, and our own."""

    width: int
    text: str
    size: str


PICTURES = Path(__file__).parents[2] / "out" / "screenshots"
PICTURED = ("today, with the languages open", "a question", "the answers")
SIZES: dict[str, Size] = {
    "360 px": {"width": PHONE},
    "320 px": {"width": NARROW},
    "200 % text": {"width": NARROW, "text": "200%"},
    "largest text of ours": {"width": NARROW, "size": "larger"},
}


@pytest.mark.parametrize("language", i18n.spoken())
def test_every_page_fits(invite: Invite, new_page: NewPage, language: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page, faults = new_page(), []
    for name in pages(invite(language), page):
        if name in PICTURED:
            page.screenshot(path=PICTURES / f"{language} {name}.png", full_page=name != "the answers")
        faults += [f"{name}: {each}" for each in usable.by_axe(page)]
        for size, look in SIZES.items():
            with usable.shown(page, **look):
                found = usable.misfits(page) + usable.small_targets(page, SMALLEST_TARGET)
                if "text" not in look and "size" not in look:
                    found += usable.broken_words(page, language)
            faults += [f"{name}, {size}: {each}" for each in found]
    assert not faults, "\n".join(faults)
