"""The page about the study folder says what the program takes: the same fields, and an example that loads."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from app.domain.analysis_methods import COVARIANCES, METHODS
from app.domain.analysis_plan import Analysis, AnalysisSettings, Looks
from app.domain.condition import Condition
from app.domain.estimand import STRATEGIES, Estimand
from app.domain.instrument import Adjustment, Instrument, Item, Scale, Section, SectionWording, Wording
from app.domain.reminders import PLACEHOLDERS
from app.domain.study import (
    Adjudication,
    AlertRule,
    Arm,
    Disposition,
    ProductLot,
    Randomisation,
    ReminderStep,
    Site,
    StayReason,
    Study,
    Visit,
)
from app.domain.visit import Repeats
from app.formats import study_folder

PAGE = (Path(__file__).parents[2] / "docs" / "study-format.md").read_text(encoding="utf-8")
SECTIONS: dict[str, type] = {
    "The study": Study,
    "`[[arms]]`": Arm,
    "`[[sites]]`": Site,
    "`[[visits]]`": Visit,
    "`repeats`": Repeats,
    "`[[reminders]]`": ReminderStep,
    "`[randomisation]`": Randomisation,
    "`[[product_lots]]`": ProductLot,
    "`[[estimands]]`": Estimand,
    "`[[analyses]]`": Analysis,
    "`[analysis]`": AnalysisSettings,
    "`looks`": Looks,
    "`[[stay_reasons]]`": StayReason,
    "`[adjudication]`": Adjudication,
    "`[[alerts]]`": AlertRule,
    "`[[dispositions]]`": Disposition,
    "The instrument": Instrument,
    "`items`": Item,
    "A condition": Condition,
    "`adjustments`": Adjustment,
    "`sections`": Section,
    "`scales`": Scale,
    "The wording": Wording,
    "The words of a section": SectionWording,
}


def section(title: str) -> str:
    """Return what stands under a heading of the third level."""
    return PAGE.split(f"\n### {title}\n", 1)[1].split("\n## ", 1)[0].split("\n### ", 1)[0]


def test_every_section_is_looked_at() -> None:
    assert set(re.findall(r"^### (.+)$", PAGE, re.MULTILINE)) == set(SECTIONS)


@pytest.mark.parametrize("title", SECTIONS)
def test_a_section_names_the_fields_that_there_are(title: str) -> None:
    documented = re.findall(r"^\| `(\w+)` \|", section(title), re.MULTILINE)
    assert documented == [field.name for field in fields(SECTIONS[title])]


def test_every_placeholder_is_named() -> None:
    assert {f"{{{name}}}" for name in PLACEHOLDERS} <= set(
        re.findall(r"`(\{\w+\})`", section("`[[reminders]]`"))
    )


def test_every_strategy_is_named_in_the_order_of_the_program() -> None:
    rows = re.findall(r'^\| `"([A-Z]+)"` \| [^|]+ \| ([^|]+) \| ([^|]+) \|$', PAGE, re.MULTILINE)
    told = {
        endpoint: tuple(tuple(re.findall(r'`"([\w-]+)"`', cell)) for cell in cells)
        for endpoint, *cells in rows
    }
    assert told == {name: (each.transplant, each.death) for name, each in STRATEGIES.items()}


def test_every_method_is_named_with_what_it_takes() -> None:
    said = section("`[[analyses]]`")
    rows = re.findall(r'^\| `"([\w-]+)"` \| ([^|]+) \|([^|]*)\|$', said, re.MULTILINE)
    told = {
        name: tuple(tuple(re.findall(rf"{left}`(\w+)`{right}", cell)) for left, right, cell in cells)
        for name, endpoints, fields_ in rows
        for cells in [[("", "", endpoints), (r"\*\*", r"\*\*", fields_), (r"(?<!\*)", "", fields_)]]
    }
    assert told == {name: (each.endpoints, each.needs, each.takes) for name, each in METHODS.items()}
    words = [word for each in METHODS.values() for option in each.words.values() for word in option]
    assert [word for word in (*words, *COVARIANCES) if f'`"{word}"`' not in said] == []


def test_the_example_is_a_folder_without_faults(tmp_path: Path) -> None:
    files = re.findall(r"^`([\w./-]+)`\n\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    for name, text in files:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    folder = study_folder.read(tmp_path)
    assert folder.study.code == "smallest"
    assert set(folder.wordings) == {("itch", "en")}
