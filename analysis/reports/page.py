"""report.html: one page that holds everything, without script and without anything from outside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count, groupby
from pathlib import Path
from unicodedata import bidirectional

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from analysis.datasets import StudyData
from analysis.reports.carrying_out import CarriedOut
from analysis.reports.conduct import SECTIONS
from analysis.reports.finding import Finding
from analysis.reports.language import gettext
from analysis.reports.methods_paragraph import methods
from analysis.reports.multiplicity import several_primary
from analysis.reports.plan_hash import plan_sha256
from analysis.reports.results import versions
from analysis.reports.step import Step
from analysis.reports.table import Table
from analysis.reports.words import number, percent
from app.domain.adjudication import EventChoice
from app.domain.analysis_plan import Rank
from app.domain.estimand import Estimand
from app.i18n import SOURCE_LANGUAGE, current, direction, isolated

RANKS: Mapping[Rank, str] = {
    "primary": "Primary analysis",
    "secondary": "Secondary analyses",
    "sensitivity": "Sensitivity analyses",
    "exploratory": "Exploratory analyses",
    "safety": "Safety",
}
SEVERAL_PRIMARY = "Primary analyses"
DESCRIPTION = "Description"
"""The heading where the study declares no plan."""
RESULT_LETTERS = 200
"""A first sentence that is longer is a caution rather than a result, and is not set as one."""
ORIGINS = {"randomisation": "the day of randomisation", "first-infusion": "the day of the first infusion"}


@dataclass(frozen=True)
class Part:
    """One analysis on the page; `estimand` None where it was told before, or the study says nothing of it."""

    step: Step
    found: Finding
    estimand: Estimand | None


@dataclass(frozen=True)
class Group:
    """The analyses of one rank; `caution` and `tables` are what all of them are to be read with."""

    anchor: str
    title: str
    parts: Sequence[Part]
    caution: str = ""
    tables: Sequence[Table] = ()


def page(
    done: CarriedOut, drawn: Mapping[str, str], data_sha256: str, reported_sha256: str | None = None
) -> str:
    """The whole document."""
    data = done.data
    return _template().render(
        data=data,
        title=data.study.title.get("en") or next(iter(data.study.title.values())),
        names=data.arms,
        sha256=data_sha256,
        reported_sha256=reported_sha256,
        plan_sha256=plan_sha256(data.study),
        versions=versions(data),
        origins=ORIGINS,
        glance=glance(done),
        groups=groups(done),
        conduct={name: (title, done.conduct[name]) for name, (title, _) in SECTIONS.items()},
        again=again(done),
        loading=loading,
        next_figure=numbered(lambda n: gettext("Figure %(n)s.", n=n)),
        next_table=numbered(lambda n: gettext("Table %(n)s.", n=n)),
        local=local(),
        in_order=in_order,
        is_code=is_code,
        result_letters=RESULT_LETTERS,
        methods=methods(done),
        figures={name: Markup(svg) for name, svg in drawn.items()},  # noqa: S704 - drawn and escaped in figures
    )


def again(done: CarriedOut) -> str:
    """The lines of Python that come before all others."""
    data = done.data
    return (
        "import pandas as pd\n\n"
        "from analysis import load\n"
        "from analysis.datasets import combined, levels\n"
        "from analysis.estimators import *\n"
        "from analysis.reports import figure\n\n"
        f"{loading(data, data.events)}"
    )


def loading(data: StudyData, events: EventChoice) -> str:
    """The line of Python that loads the same data, or those with other events."""
    asked = f'study="{data.study.code}", cutoff="{data.cutoff}", events="{events}"'
    if data.blinded:
        asked += ', blinded="masked"' if data.masked else ", blinded=True"
    return f"data = load(DATABASE_URL, {asked})"


def numbered(words: Callable[[int], str]) -> Callable[[], str]:
    """What counts figures, or tables, as they come on the page."""
    numbers = count(1)
    return lambda: words(next(numbers))


def local() -> Markup:
    """Attributes of what is in the language of figures and tables; none where that is English."""
    if current() == SOURCE_LANGUAGE:
        return Markup("")
    return Markup(' lang="{}" dir="{}"').format(current(), direction(current()))


def in_order(words: str) -> str:
    """A cell that keeps its order: without letters from right to left it stands from left to right."""
    if any(bidirectional(letter) in ("R", "AL") for letter in words):
        return words
    return isolated(words)


def is_code(words: str) -> bool:
    """Whether a head of a row is a code, as a participant's, that no line may break."""
    return words.isascii() and " " not in words


def css_string(text: str) -> Markup:
    """A text as CSS writes it between quotes; whatever is no letter or digit is escaped."""
    escaped = "".join(each if each.isalnum() else f"\\{ord(each):x} " for each in text)
    return Markup(f'"{escaped}"')  # noqa: S704 - letters, digits and escapes alone


def groups(done: CarriedOut) -> list[Group]:
    """The analyses by rank; each estimand is told in full where it comes first."""
    if not done.data.study.analyses:
        return [Group("description", DESCRIPTION, _parts(done.steps, set()))]
    told: set[str] = set()
    caution = several_primary(done.data.study)
    titles = {**RANKS, "primary": SEVERAL_PRIMARY} if caution else RANKS
    together = [done.together.table] if done.together else []
    read_with = {"primary": (caution, together)}
    return [
        Group(rank, titles[rank], _parts(list(steps), told), *read_with.get(rank, ()))
        for rank, steps in groupby(done.steps, key=lambda each: each[0].analysis.rank)
    ]


def _parts(steps: Sequence[tuple[Step, Finding]], told: set[str]) -> list[Part]:
    parts = []
    for step, found in steps:
        meant = step.estimand
        parts.append(Part(step, found, meant if meant.summary and meant.key not in told else None))
        told.add(meant.key)
    return parts


def glance(done: CarriedOut) -> list[tuple[str, str, str]]:
    """The few numbers that are read first: what, how much, and what it is made of."""
    data = done.data
    randomised = data.adsl[data.adsl["RANDFL"] == "Y"]
    by_arm = ", ".join(f"{int((randomised['ARMCD'] == arm).sum())} {name}" for arm, name in data.arms.items())
    tiles = [("Randomised", number(len(randomised)), by_arm)]
    ends = data.adtte[
        (data.adtte["PARAMCD"] == "TFS") & (data.adtte["ANL01FL"] == "Y") & (data.adtte["event"] == 1)
    ]
    if len(randomised):
        causes = ends["EVNTDESC"].value_counts().sort_index()
        made_of = ", ".join(f"{n} {cause}{'s' if n != 1 else ''}" for cause, n in causes.items())
        tiles.append(("Deaths and transplants", number(len(ends)), made_of or "none so far"))
    tiles += [
        (step.endpoint, *found.headline)
        for step, found in done.steps
        if found.headline and (step.analysis.rank == "primary" or step.code == "tfs")
    ]
    completion = done.conduct["completion"].results.get("rows")
    if completion:
        completed, expected = (sum(row[name] for row in completion) for name in ("completed", "expected"))
        rate = completed / expected if expected else None
        tiles.append(("Questionnaires completed", percent(rate), f"{completed} of {expected} expected"))
    tiles.append(("Inconsistencies", number(len(data.checks)), "listed at the end"))
    return tiles


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["css_string"] = css_string
    return environment.get_template("report.html.j2")
