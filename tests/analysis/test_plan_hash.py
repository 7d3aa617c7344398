"""The hash of a plan: the same plan has the same one, whatever else stands in the study file."""

import hashlib
from dataclasses import replace

from analysis.reports.plan_hash import plan_sha256
from app.domain.analysis_plan import Analysis, AnalysisSettings
from app.domain.estimand import Estimand
from tests.fixtures.study import STUDY

ESTIMAND = Estimand(endpoint="OS", origin="randomisation", population="All", intercurrent="-", summary="-")
PLANNED = replace(
    STUDY,
    estimands=(ESTIMAND,),
    analyses=(Analysis(code="os", estimand="os", rank="primary", method="log-rank"),),
)


def test_what_is_hashed_can_be_written_by_hand() -> None:
    settings = '"alpha": 0.05, "late_deaths": "count"'
    analysis = (
        '"code": "os", "estimand": "os", "events": "confirmed", "method": "log-rank", "rank": "primary"'
    )
    estimand = (
        '"endpoint": "OS", "intercurrent": "-", "origin": "randomisation", "population": "All",'
        ' "set": "randomised", "summary": "-"'
    )
    text = f'{{"analyses": [{{{analysis}}}], "analysis": {{{settings}}}, "estimands": [{{{estimand}}}]}}'
    assert plan_sha256(PLANNED) == hashlib.sha256(text.encode()).hexdigest()


def test_only_the_plan_changes_it() -> None:
    assert plan_sha256(replace(PLANNED, title={"en": "Another title"})) == plan_sha256(PLANNED)
    changed = [
        replace(PLANNED, estimands=(replace(ESTIMAND, transplant="censoring"),)),
        replace(PLANNED, analyses=(replace(PLANNED.analyses[0], rho=1.0),)),
        replace(PLANNED, analysis=AnalysisSettings(late_deaths="as-known")),
    ]
    assert len({plan_sha256(each) for each in (PLANNED, *changed)}) == 4
