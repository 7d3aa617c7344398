"""The report in a browser: axe, reflow on a phone, and on paper."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page

from analysis.__main__ import main
from app.domain.analysis_plan import Analysis
from tests.analysis import full_plan
from tests.analysis.trial import Trial
from tests.fixtures import usable
from tests.fixtures.browser import NewPage

pytestmark = pytest.mark.browser

OPEN_ALL = "() => document.querySelectorAll('details').forEach((each) => { each.open = true })"


PLAN = (
    Analysis(code="tfs", estimand="tfs", rank="primary", method="kaplan-meier", at_days=(30,)),
    Analysis(
        code="all", estimand="tfs", rank="sensitivity", method="kaplan-meier", at_days=(30,), events="all"
    ),
    Analysis(code="days", estimand="tfs", rank="secondary", method="rmst", tau_days=60),
    Analysis(code="long", estimand="tfs", rank="secondary", method="rmst", tau_days=9000),
)


@pytest.fixture(params=["described", "planned"])
def opened(told: Trial, tmp_path: Path, new_page: NewPage, request: pytest.FixtureRequest) -> Page:
    """The report of a study without a plan, and with one: the same figures and tables several times."""
    if request.param == "planned":
        told.amend(*PLAN)
    CliRunner().invoke(
        main, ["report", "--database-url", told.url, "--out", str(tmp_path)], catch_exceptions=False
    )
    page = new_page()
    page.goto((tmp_path / "report.html").as_uri())
    page.evaluate(OPEN_ALL)
    return page


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_the_report_can_be_used(opened: Page, width: int) -> None:
    opened.set_viewport_size({"width": width, "height": 800})
    assert usable.by_axe(opened) + usable.too_wide(opened) == []


def test_on_paper_nothing_is_cut_off(opened: Page) -> None:
    opened.set_viewport_size({"width": 700, "height": 990})
    opened.emulate_media(media="print")
    cut = opened.evaluate(
        "() => [...document.querySelectorAll('.picture')]"
        ".filter((each) => each.scrollWidth > each.clientWidth + 1).length"
    )
    assert cut == 0
    assert opened.pdf().startswith(b"%PDF")


def test_at_risk_stands_below_its_tick(opened: Page) -> None:
    """The counts of the table and the tick labels share their middle, to a pixel."""
    figure = opened.locator('svg[aria-labelledby^="tfs-"]')
    middles = figure.locator("text").evaluate_all(
        "(texts) => texts.map((each) => { const box = each.getBoundingClientRect();"
        " return [each.textContent, (box.left + box.right) / 2, box.top] })"
    )
    ticks = [middle for word, middle, _ in middles if word in ("0", "1", "2")][:3]
    below = next(top for word, _, top in middles if word == "At risk")
    counts = [middle for word, middle, top in middles if abs(top - below) < 3 and word.isdigit()]
    assert counts == pytest.approx(ticks, abs=1.5)


# Words that cover each other, or stand beyond the edge of their figure.
CROWDED = """
() => [...document.querySelectorAll("svg")].flatMap((figure) => {
  const edge = figure.getBoundingClientRect();
  const boxes = [...figure.querySelectorAll("text")].filter((each) => each.textContent.trim())
    .map((each) => [each.textContent, each.getBoundingClientRect()]);
  const found = boxes.filter(([, box]) => box.left < edge.left - 2 || box.right > edge.right + 2)
    .map(([words]) => `beyond the edge: ${words}`);
  boxes.forEach(([one, a], number) => boxes.slice(number + 1).forEach(([other, b]) => {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 2 && high > 4) found.push(`${one} covers ${other}`);
  }));
  return found;
})
"""


@pytest.mark.parametrize("language", ["ar", "mr", "ja", "de"])
def test_words_of_figures_have_room_in_their_language(
    told: Trial, tmp_path: Path, new_page: NewPage, language: str
) -> None:
    told.amend(*full_plan.PLAN, estimands=full_plan.ESTIMANDS)
    asked = ["report", "--database-url", told.url, "--out", str(tmp_path), "--language", language]
    CliRunner().invoke(main, asked, catch_exceptions=False)
    page = new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto((tmp_path / "report.html").as_uri())
    assert page.evaluate(CROWDED) == []
    page.evaluate(OPEN_ALL)
    assert usable.by_axe(page) + usable.too_wide(page) == []
