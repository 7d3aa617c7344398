"""A figure of the report on its own, as a notebook shows it."""

from analysis.datasets import StudyData
from analysis.reports.carrying_out import found
from analysis.reports.conduct import SECTIONS
from analysis.reports.finding import Figure
from analysis.reports.step import Step
from app.domain import default_plan
from app.errors import Code, Refusal


def figure(data: StudyData, name: str) -> Figure:
    """Draw one figure of a study's report again, by the name of its file without `.svg`.

    In a notebook the figure shows itself; `figure(...).svg()` is the file, `.table` holds its numbers. Raises
    `app.errors.Refusal` where the data give no such figure, or hold confirmed events alone and the figure
    counts all reported ones.
    """
    steps = {
        analysis.code: (estimand, analysis)
        for estimand, analysis in (*default_plan.description(data.study), *default_plan.planned(data.study))
    }
    # A method with several figures names each by the analysis's code and a word more.
    codes = sorted((code for code in steps if name == code or name.startswith(f"{code}-")), key=len)
    for code in reversed(codes):
        estimand, analysis = steps[code]
        if analysis.events == "all" and data.events != "all":
            raise Refusal(
                Code.FAULTY_INPUT,
                f"figure {name!r} counts all reported events, and these data hold confirmed ones; allowed:"
                ' data = load(..., events="all")',
            )
        for drawn in found(Step(data=data, estimand=estimand, analysis=analysis)).figures:
            if drawn.name == name:
                return drawn
    for section, (_, find) in SECTIONS.items():
        if name == section or name.startswith(f"{section}-"):
            for drawn in find(data).figures:
                if drawn.name == name:
                    return drawn
    raise Refusal(Code.NOT_FOUND, f"a figure called {name!r} in the report of {data.study.code}")
