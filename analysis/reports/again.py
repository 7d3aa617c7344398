"""Lines of Python that find a result again, in a notebook where `data` is what `analysis.load` gave."""

from analysis.reports.step import Step

TREATED = 'data.adsl.query("TRTFL == \'Y\'")["USUBJID"]'


def rows_of(step: Step, frame: str) -> str:
    """The line that takes the analysed rows of a frame (`adtte`, `adobs`) for the estimand."""
    return _treated(step, f"rows = data.{frame}.query(\"PARAMCD == '{step.param}' and ANL01FL == 'Y'\")")


def scores_of(step: Step) -> str:
    """The line that takes the analysed scores of the estimand."""
    asked = [f"PARCAT1 == '{step.estimand.instrument}'", "ANL01FL == 'Y'", "AVAL.notna()", "ARMCD != ''"]
    if step.estimand.scale:
        asked.insert(1, f"PARAMCD == '{step.estimand.scale}'")
    line = _treated(step, f'rows = data.adqs.query("{" and ".join(asked)}")')
    if step.estimand.transplant_is == "censoring":
        line += '\nrows = rows[~(rows["ADT"] > rows["USUBJID"].map(data.adsl.set_index("USUBJID")["TRNDT"]))]'
    return line


def strata_of(step: Step) -> str:
    """The lines that make the plan's strata, and leave rows without one out; nothing where it has none."""
    names = list(step.analysis.strata)
    if not names:
        return ""
    return f"strata = combined(data.covariates({names}, rows)).dropna()\nrows = rows.loc[strata.index]\n"


def _treated(step: Step, line: str) -> str:
    return f'{line}\nrows = rows[rows["USUBJID"].isin({TREATED})]' if step.estimand.of_the_infused else line
