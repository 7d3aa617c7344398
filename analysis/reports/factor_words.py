"""What covariates, strata and subgroups of a plan, and their levels, are called."""

from collections.abc import Sequence

from analysis.reports.language import gettext, preferred
from analysis.reports.step import Step
from app.i18n import SOURCE_LANGUAGE


def factor_words(step: Step, name: str) -> str:
    """What a covariate or subgroup is called in tables and figures, with a capital."""
    words = {"site": gettext("Site"), "stratum": gettext("Stratum of the randomisation")} | {
        "lot": gettext("Product lot"),
        "cell-source": gettext("Cell source"),
        "donor-type": gettext("Donor type"),
        "donor-age": gettext("Donor’s age"),
        "passage": gettext("Passage"),
        "preservation": gettext("Fresh or cryopreserved"),
        "viability": gettext("Viability"),
        "route": gettext("Route"),
        "all": gettext("All"),
    }
    return words.get(name) or step.data.words.named(name, preferred(step.data.study.languages))


def level_words(step: Step, name: str, level: str) -> str:
    """What a level of a factor is called: an answer in the words of its choice, or as Hepatica calls it."""
    level = step.data.words.answer(name, level, preferred(step.data.study.languages))
    words = {
        "all": gettext("All"),
        "not known": gettext("not known"),
        "fresh": gettext("fresh"),
        "cryopreserved": gettext("cryopreserved"),
        "allogeneic": gettext("allogeneic"),
        "autologous": gettext("autologous"),
    }
    return words.get(level, level)


def told_as(step: Step, names: Sequence[str]) -> str:
    """What they are called in sentences, which are English where the study's words are."""
    tags = (SOURCE_LANGUAGE, *step.data.study.languages)
    return " and ".join(step.data.words.named(name, tags) for name in names)
