"""One step of the plan with the data that it is carried out on, and what most methods ask of them."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis.datasets import StudyData
from analysis.datasets.params import paramcd
from analysis.datasets.score_grid import after_transplant
from analysis.reports.finding import NotPossible
from analysis.reports.language import gettext, in_own_language
from app.domain.analysis_methods import METHODS
from app.domain.analysis_plan import Analysis
from app.domain.estimand import AnyEndpoint, Estimand

ENDPOINTS: dict[AnyEndpoint, str] = {
    "TFS": "Transplant-free survival",
    "OS": "Survival",
    "TTX": "Time to transplant",
    "HOSP": "Hospital stays",
    "QOL": "Quality of life",
    "COMPOSITE": "Hierarchical composite",
    "SAFETY": "Safety",
}
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """`data` hold the events that the analysis wants, confirmed ones or all."""

    data: StudyData
    estimand: Estimand
    analysis: Analysis

    @property
    def code(self) -> str:
        """The name of the analysis, of its results and figures."""
        return self.analysis.code

    @property
    def title(self) -> str:
        """The heading of the analysis."""
        about = self.endpoint if self.estimand.endpoint != "QOL" else self.scale_title or self.endpoint
        whose = " (all reported events)" if self.analysis.events == "all" else ""
        return self.analysis.title or f"{about}: {METHODS[self.analysis.method].title}{whose}"

    @property
    def endpoint(self) -> str:
        """The endpoint in words, with what is not usual about a transplant or a death."""
        if self.estimand.endpoint == "OS" and self.estimand.transplant_is == "censoring":
            return "Survival, censored at transplant"
        if self.estimand.endpoint == "TTX" and self.estimand.death_is == "censoring":
            return "Time to transplant, censored at death"
        return ENDPOINTS[self.estimand.endpoint]

    @property
    def endpoint_words(self) -> str:
        """The endpoint in the language of tables and figures."""
        words = {
            "Transplant-free survival": gettext("Transplant-free survival"),
            "Survival": gettext("Survival"),
            "Survival, censored at transplant": gettext("Survival, censored at transplant"),
            "Time to transplant": gettext("Time to transplant"),
            "Time to transplant, censored at death": gettext("Time to transplant, censored at death"),
            "Hospital stays": gettext("Hospital stays"),
            "Quality of life": gettext("Quality of life"),
            "Hierarchical composite": gettext("Hierarchical composite"),
            "Safety": gettext("Safety"),
        }
        return words[self.endpoint]

    @property
    def param(self) -> str:
        """PARAMCD of the estimand in ADTTE, ADOBS and ADREC."""
        return paramcd(self.data.study, self.estimand)

    @property
    def arms(self) -> dict[str, str]:
        """Names of the arms by code, those that have someone, in the study's order."""
        there = set(self.people["ARMCD"])
        return {code: name for code, name in self.data.arms.items() if code in there}

    @property
    def reference(self) -> str:
        """The code of the arm that others are held against; NotPossible where arms are pooled, or one."""
        if self.data.blinded and not self.data.masked:
            raise NotPossible("Arms are pooled in this report: nothing is compared.")
        code = self.data.reference
        if len(self.arms) < 2 or code not in self.arms:
            there = ", ".join(self.arms.values()) or "nobody"
            raise NotPossible(f"It compares arms with {self.data.arms[code]}; there is {there} alone.")
        return code

    @cached_property
    def people(self) -> pd.DataFrame:
        """The rows of ADSL of those in the estimand's set; `ARMCD` is ordered as the study orders arms.

        Where day 0 is the first infusion, nobody is in it who had none: they have no day 0 and no baseline.
        """
        everyone = self.data.adsl
        kept = everyone["RANDFL"] == "Y"
        if self.estimand.of_the_infused and self.data.blinded:
            raise NotPossible("Who was infused tells the arm, and this report is blind to it.")
        if self.estimand.of_the_infused:
            kept &= everyone["TRTFL"] == "Y"
        return self._by_arm(everyone[kept])

    @cached_property
    def times(self) -> pd.DataFrame:
        """The rows of ADTTE that are analysed for the estimand; NotPossible where there is none."""
        return self._analysed(self.data.adtte)

    @cached_property
    def observed(self) -> pd.DataFrame:
        """The rows of ADOBS that are analysed for the estimand; NotPossible where there is none."""
        return self._analysed(self.data.adobs)

    @cached_property
    def stays(self) -> pd.DataFrame:
        """The spells of ADHO that began while their participant was observed, with STARTDT and ENDDT."""
        spells = self.data.adho.merge(self.observed[["USUBJID", "STARTDT", "ENDDT"]], on="USUBJID")
        within = (spells["ASTDT"] >= spells["STARTDT"]) & (spells["ASTDT"] <= spells["ENDDT"])
        return self._by_arm(spells[within])

    @cached_property
    def pieces(self) -> pd.DataFrame:
        """The rows of ADREC of those observed."""
        own = self.data.adrec[self.data.adrec["PARAMCD"] == self.param]
        return self._by_arm(own[own["USUBJID"].isin(self.observed["USUBJID"])])

    @cached_property
    def scores(self) -> pd.DataFrame:
        """The rows of ADQS of the estimand: answered in their window, scored, within the estimand's set.

        Without those after a transplant where the estimand censors at it. NotPossible where there is none.
        """
        rows = self.data.adqs
        kept = (rows["ANL01FL"] == "Y") & rows["AVAL"].notna() & (rows["PARCAT1"] == self.estimand.instrument)
        if self.estimand.scale:
            kept &= rows["PARAMCD"] == self.estimand.scale
        kept &= rows["USUBJID"].isin(self.people["USUBJID"])
        if self.estimand.transplant_is == "censoring":
            kept &= ~after_transplant(self.data.adsl, rows)
        if not kept.any():
            raise NotPossible("No questionnaire of it has been answered.")
        return self._by_arm(rows[kept])

    @property
    def scale_title(self) -> str:
        """What the estimand's scale is called in the data; its code where nobody has answered."""
        rows = self.data.adqs
        own = rows[(rows["PARCAT1"] == self.estimand.instrument) & (rows["PARAMCD"] == self.estimand.scale)]
        return str(own["PARAM"].iloc[0]) if len(own) else self.estimand.scale

    @property
    def scale_words(self) -> str:
        """What the estimand's scale is called in the language of tables and figures."""
        return self.scale_called(self.estimand.scale, self.scale_title)

    def scale_called(self, scale: str, otherwise: str) -> str:
        """What a scale of the estimand's questionnaire is called there, as its wording has it."""
        wordings = self.data.words.by_language(self.estimand.instrument)
        return in_own_language(
            {each: found.scales.get(scale, "") for each, found in wordings.items()}, otherwise
        )

    @property
    def questionnaire_words(self) -> str:
        """What the estimand's questionnaire is called there."""
        instrument = self.estimand.instrument
        titles = {each: found.title for each, found in self.data.words.by_language(instrument).items()}
        return in_own_language(titles, instrument)

    @property
    def visits(self) -> dict[str, str]:
        """What visits are called, in their order; one that the study no longer has keeps its code."""
        return {visit.code: visit.title.get("en", visit.code) for visit in self.data.study.schedule}

    def visit_words(self, visit: object) -> str:
        """What a visit is called in the language of tables and figures."""
        titles = {each.code: each.title for each in self.data.study.schedule}
        return in_own_language(titles.get(str(visit), {}), str(visit))

    @property
    def visit_names(self) -> dict[str, str]:
        """All visits, as `visit_words` calls them."""
        return {each.code: self.visit_words(each.code) for each in self.data.study.schedule}

    def _analysed(self, frame: pd.DataFrame) -> pd.DataFrame:
        kept = (frame["PARAMCD"] == self.param) & (frame["ANL01FL"] == "Y")
        rows = frame[kept & frame["USUBJID"].isin(self.people["USUBJID"])]
        if rows.empty:
            raise NotPossible(
                "No participant has been randomised yet."
                if self.people.empty and self.estimand.set == "randomised"
                else "Nobody has a day 0 to count from."
            )
        return self._by_arm(rows)

    def _by_arm(self, rows: pd.DataFrame) -> pd.DataFrame:
        order = [arm for arm in self.data.arms if arm in set(rows["ARMCD"])]
        return rows.assign(ARMCD=pd.Categorical(rows["ARMCD"], categories=order)).reset_index(drop=True)
